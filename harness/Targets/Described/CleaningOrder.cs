using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualBench.Targets.Leftovers;

namespace VirtualBench.Targets.Described;

/// <summary>
/// The commands that clean up after a start, with everything filled in. It is on disk before the start, in the run's scratch directory, and
/// goes when the commands have done their work: one that is there when its run is dead is carried out by <c>clean</c>.
/// </summary>
/// <param name="Engine">The target, for people.</param>
/// <param name="Label">Of the start, or of what was prepared.</param>
/// <param name="Stop">Ends the guest, where it may have outlived its run.</param>
/// <param name="Environment"><c>NAME=value</c> of the commands.</param>
/// <param name="LimitSeconds">For each command.</param>
internal sealed record CleaningOrder(
    string Engine, string Label, EngineCommand? Stop, IReadOnlyList<EngineCommand> Commands, IReadOnlyList<string> Environment,
    double LimitSeconds)
{
    private const string FolderName = "to-clean";

    private bool NothingToDo => Commands.Count == 0 && Stop is null;

    /// <summary>The commands, as a person would type them.</summary>
    public override string ToString() => string.Join("; ", new[] { Stop }.OfType<EngineCommand>().Concat(Commands));

    /// <summary>Puts it on disk.</summary>
    public void Write(string runScratch)
    {
        if (NothingToDo)
        {
            return;
        }

        Directory.CreateDirectory(FolderOf(runScratch), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllBytes(FileOf(runScratch), JsonSerializer.SerializeToUtf8Bytes(this, CleaningOrderJson.Default.CleaningOrder));
    }

    /// <summary>Carries it out and forgets it.</summary>
    /// <param name="hasEnded">The guest has; else it is ended first, whether it is still there or not.</param>
    /// <exception cref="TargetException">A command failed that may not: the order stays.</exception>
    public async Task CarryOutAsync(string runScratch, bool hasEnded, CancellationToken cancellation)
    {
        if (NothingToDo)
        {
            return;
        }

        TargetException? failure = null;
        IEnumerable<EngineCommand> commands = hasEnded || Stop is null ? Commands : [Stop with { MayFail = true }, .. Commands];
        foreach (var command in commands)
        {
            try
            {
                await command.RunAsync(Environment, Label, TimeSpan.FromSeconds(LimitSeconds), cancellation).ConfigureAwait(false);
            }
            catch (TargetException e)
            {
                // What comes after it may still release something.
                failure ??= e;
            }
        }

        if (failure is not null)
        {
            throw new TargetException($"{Engine}: {failure.Message}; run the clean command when that is mended", failure);
        }

        File.Delete(FileOf(runScratch));
    }

    /// <summary>Whether orders of a run are still to be carried out.</summary>
    public static bool AnyIn(string runScratch) =>
        Directory.Exists(FolderOf(runScratch)) && Directory.EnumerateFiles(FolderOf(runScratch)).Any();

    /// <summary>
    /// The orders in scope, each with the scratch directory that it is in. Whoever may write there says what is run with our rights: only a
    /// directory that is ours, and that nobody else can write to, is read.
    /// </summary>
    public static IEnumerable<(CleaningOrder Order, string RunScratch)> Find(LeftoverScope scope) =>
        from scratch in RunScratch.FindAll()
        where scope.Covers(RunScratch.Prefix + scratch.Run)
            && RunScratch.IsOursAlone(scratch.Path) && RunScratch.IsOursAlone(FolderOf(scratch.Path))
        from file in Directory.EnumerateFiles(FolderOf(scratch.Path)).Order(StringComparer.Ordinal)
        let order = Read(file)
        where order is not null
        select (order, scratch.Path);

    private static CleaningOrder? Read(string file)
    {
        try
        {
            var order = JsonSerializer.Deserialize(File.ReadAllBytes(file), CleaningOrderJson.Default.CleaningOrder);
            return order?.Label == Path.GetFileNameWithoutExtension(file) ? order : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // carried out meanwhile, or cut off by a full disk: then nothing was started either
        }
    }

    private static string FolderOf(string runScratch) => Path.Combine(runScratch, FolderName);

    private string FileOf(string runScratch) => Path.Combine(FolderOf(runScratch), Label + ".json");
}

[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CleaningOrder))]
internal sealed partial class CleaningOrderJson : JsonSerializerContext;
