using System.Diagnostics;
using System.Globalization;
using VirtualBench.Targets;
using VirtualBench.Targets.Interop;

namespace VirtualBench.Tests.Targets.Described;

/// <summary>
/// What a described engine made where the kernel does not take it along, when the harness is killed before it could clean up.
/// </summary>
[Collection("engines")]
public sealed class KilledRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vbtest-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_cleaned_by_the_users_commands(bool enclosureToo)
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && EnclosureProgram.Find() is not null, "needs root and artifacts/host/vbenclose");
        var engine = Path.Combine(_folder, "mine.json");
        File.WriteAllText(engine, """
            {
              "name": "mine", "start": ["sh", "-c", "touch $0/made-$1; exec sleep 1000", "${folder}", "${label}"],
              "clean": [["rm", "${folder}/made-${label}"]],
            }
            """);
        using var harness = Start("doctor", "--targets", "mine", "--engine", engine);
        var made = await WaitForAsync(() => Directory.GetFiles(_folder, "made-*").FirstOrDefault());
        var run = Path.GetFileName(made)["made-virtualbench-".Length..].Split('-')[0];
        var inside = Assert.Single(ChildrenOf(Assert.Single(ChildrenOf(harness.Id))));
        Assert.Equal(0, Libc.Kill(enclosureToo ? harness.Id : inside, Libc.Sigkill));
        await harness.WaitForExitAsync(Cancellation);
        if (enclosureToo)
        {
            // Nobody was left to clean.
            Assert.True(File.Exists(made));
            using var clean = Start("clean", "--run", run);
            var said = await clean.StandardOutput.ReadToEndAsync(Cancellation);
            Assert.Contains($"removed: engine virtualbench-{run}-", said, StringComparison.Ordinal);
            Assert.Contains($": mine: rm {made}", said, StringComparison.Ordinal);
            await clean.WaitForExitAsync(Cancellation);
            Assert.Equal(0, clean.ExitCode);
        }

        Assert.False(File.Exists(made));
        Assert.False(Directory.Exists(Path.Combine(Path.GetTempPath(), RunScratch.Prefix + run)));
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "VirtualBench"), arguments) { RedirectStandardOutput = true })!;

    private static IEnumerable<int> ChildrenOf(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture));

    private static async Task<string> WaitForAsync(Func<string?> look)
    {
        for (var attempt = 0; attempt < 3000; attempt++)
        {
            if (look() is { } found)
            {
                return found;
            }

            await Task.Delay(20, Cancellation);
        }

        throw new TimeoutException("the engine was not started within a minute");
    }
}
