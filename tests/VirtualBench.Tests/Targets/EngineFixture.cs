using VirtualBench.Targets;
using VirtualBench.Targets.Described;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>One run for all tests of real engines: they share its private Docker daemon where the host has none.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private RunScratch? _scratch;

    public TargetSession Session { get; private set; } = null!;

    /// <summary>Every engine, and the example of one that a file describes.</summary>
    internal static TargetCatalogue Catalogue { get; } = DescribedEngines.AddTo(
        TargetCatalogue.Standard, [Path.Combine(Repository.Root, "harness", "Examples", "bubblewrap.json")]);

    public static string Run { get; } = $"test{Environment.ProcessId}";

    public ValueTask InitializeAsync()
    {
        _scratch = RunScratch.Create(Run);
        Session = new TargetSession(Run, _scratch.DirectoryPath, EnclosureProgram.Find(), SmallProgram.Find, images: RktFiles.Images);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        _scratch!.Dispose();
        Assert.Empty(InstanceProcesses.Find(value => value.StartsWith(RunScratch.Prefix + Run, StringComparison.Ordinal)));
    }

    /// <summary>A launch of the small program with these arguments, in a scratch directory of its own.</summary>
    internal Launch Launch(params string[] arguments)
    {
        var directory = Session.NewScratchDirectory("trial");
        return new Launch(
            SmallProgram.Get(), arguments, new Resources(1, 64 << 20, [0]), Session.Label(Path.GetFileName(directory)), directory);
    }

    /// <summary>The target, ready to run; skips the test when the engine is not usable here.</summary>
    internal async Task<ITarget> PrepareAsync(string name)
    {
        var program = SmallProgram.Get();
        var target = Catalogue.Create(Catalogue.Parse(name), Session);
        var availability = await target.TryAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(availability.Usable, $"{name}: {availability.Reason}");
        await target.PrepareAsync([program], TestContext.Current.CancellationToken);
        return target;
    }
}

[CollectionDefinition("engines", DisableParallelization = true)]
public sealed class EngineCollection : ICollectionFixture<EngineFixture>;
