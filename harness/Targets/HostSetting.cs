using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualBench.Targets.Leftovers;

namespace VirtualBench.Targets;

/// <summary>
/// A number of the host's kernel that a run raises. What it was is on disk before it is changed, in the run's scratch directory, until it
/// is put back: a record that is there when its run is dead is put back by <c>clean</c>.
/// </summary>
/// <param name="File">One of <see cref="Known"/>.</param>
/// <param name="Boot">Of the kernel that it was changed in: the next one has its settings from somewhere else.</param>
public sealed record HostSetting(string File, long Before, long Wanted, string Boot)
{
    /// <summary>How many huge pages of the default size there are.</summary>
    public const string HugePages = "/proc/sys/vm/nr_hugepages";

    private const string FolderName = "host-settings";

    /// <summary>Files that we change. A record of any other is not ours, whoever wrote it.</summary>
    private static readonly string[] Known = [HugePages];

    /// <summary>Raises it; the kernel may give less, which is for the caller to read.</summary>
    /// <exception cref="TargetException">It cannot be changed, and has not been.</exception>
    public static HostSetting Raise(string file, long by, string runScratch)
    {
        try
        {
            var before = Read(file);
            var setting = new HostSetting(file, before, before + by, BootId());
            setting.Record(runScratch);
            System.IO.File.WriteAllText(file, Text(setting.Wanted));
            return setting;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"cannot change {file}: {e.Message}", e);
        }
    }

    /// <summary>Its value now.</summary>
    public static long Read(string file) => long.Parse(System.IO.File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture);

    /// <summary>Puts it back and forgets it. A value that cannot be of our making was set by somebody else meanwhile, and stays.</summary>
    /// <exception cref="TargetException">The kernel refused: the record stays.</exception>
    public void PutBack(string runScratch)
    {
        try
        {
            var now = Read(File);
            if (Boot == BootId() && now > Before && now <= Wanted)
            {
                System.IO.File.WriteAllText(File, Text(Before));
            }

            System.IO.File.Delete(RecordIn(runScratch));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new TargetException($"cannot set {File} back to {Before}: {e.Message}; echo {Before} | sudo tee {File}", e);
        }
    }

    /// <summary>Whether a run has settings that are not put back.</summary>
    public static bool AnyIn(string runScratch) =>
        Directory.Exists(FolderIn(runScratch)) && Directory.EnumerateFiles(FolderIn(runScratch)).Any();

    /// <summary>
    /// The records in scope, each with the scratch directory that it is in. Whoever may write there changes the host with our rights: only
    /// a directory that is ours, and that nobody else can write to, is read.
    /// </summary>
    public static IEnumerable<(HostSetting Setting, string RunScratch)> Find(LeftoverScope scope) =>
        from scratch in RunScratch.FindAll()
        where scope.Covers(RunScratch.Prefix + scratch.Run)
            && RunScratch.IsOursAlone(scratch.Path) && RunScratch.IsOursAlone(FolderIn(scratch.Path))
        from file in Directory.EnumerateFiles(FolderIn(scratch.Path), "*.json").Order(StringComparer.Ordinal)
        let setting = TryRead(file)
        where setting is not null && Known.Contains(setting.File)
        select (setting, scratch.Path);

    private static HostSetting? TryRead(string record)
    {
        try
        {
            return JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(record), HostSettingJson.Default.HostSetting);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // put back meanwhile
        }
    }

    private void Record(string runScratch)
    {
        Directory.CreateDirectory(FolderIn(runScratch), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // Renamed into place: a record is whole, or the setting has not been changed.
        var half = RecordIn(runScratch) + ".new";
        using (var file = new FileStream(half, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, this, HostSettingJson.Default.HostSetting);
            file.Flush(flushToDisk: true);
        }

        System.IO.File.Move(half, RecordIn(runScratch), overwrite: true);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string BootId() => System.IO.File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static string FolderIn(string runScratch) => Path.Combine(runScratch, FolderName);

    private string RecordIn(string runScratch) => Path.Combine(FolderIn(runScratch), Path.GetFileName(File) + ".json");
}

[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(HostSetting))]
internal sealed partial class HostSettingJson : JsonSerializerContext;
