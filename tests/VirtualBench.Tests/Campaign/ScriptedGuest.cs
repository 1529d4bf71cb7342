using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using VirtualBench.Guests;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Campaign;

/// <summary>Speaks the line protocol as a guest program would, so that campaigns can be tested without any engine.</summary>
internal static class ScriptedGuest
{
    /// <summary>A whole, valid output for these probe specifications; <paramref name="ns"/> is the time per operation.</summary>
    public static string Speak(IReadOnlyList<string> specifications, double ns = 100)
    {
        var text = new StringBuilder("// VB: main version=1 impl=c arch=x86_64 build=feed\n");
        foreach (var specification in specifications)
        {
            text.Append(Section(specification, ns));
        }

        return text.Append(CultureInfo.InvariantCulture, $"// VB: end sections={specifications.Count} failed=0\n").ToString();
    }

    public static string Section(string specification, double ns)
    {
        var brace = specification.IndexOf('{', StringComparison.Ordinal);
        var probe = brace < 0 ? specification : specification[..brace];
        var parameters = brace < 0 ? "-" : specification[(brace + 1)..^1];
        var body = new StringBuilder();
        body.Append("// BeforeAnythingElse\n");
        body.Append(CultureInfo.InvariantCulture,
            $"// VB: hello version=1 probe={probe} params={parameters} impl=c arch=x86_64 clock=tsc clockHz=1e9 "
                + $"build=feed nowNs={Now()}\n");
        body.Append("// BeforeActualRun\n");
        for (var i = 1; i <= 3; i++)
        {
            body.Append(CultureInfo.InvariantCulture, $"WorkloadActual   {i}: 10 op, {10 * ns:F2} ns, {ns:F4} ns/op\n");
        }

        body.Append("// AfterActualRun\n");
        for (var i = 1; i <= 3; i++)
        {
            body.Append(CultureInfo.InvariantCulture, $"WorkloadResult   {i}: 10 op, {10 * ns:F2} ns, {ns:F4} ns/op\n");
        }

        body.Append("// VB: metric name=work value=1 unit=event\n");
        var bytes = Encoding.ASCII.GetBytes(body.ToString());
        var lines = bytes.Count(b => b == '\n');
        body.Append(CultureInfo.InvariantCulture, $"// VB: crc={Crc32.HashToUInt32(bytes):x8} lines={lines} nowNs={Now()}\n// AfterAll\n");
        return body.ToString();
    }

    private static long Now() => Stopwatch.GetTimestamp();
}

/// <summary>A target whose every start does what the test says.</summary>
/// <param name="run">Given the number of the start (from 1), its launch and console, the guest's whole life.</param>
internal sealed class ScriptedTarget(string name, Func<int, Launch, IGuestConsole, CancellationToken, Task<InstanceEnd>> run) : ITarget
{
    public int Starts { get; private set; }

    public string Version { get; init; } = "1";

    /// <summary>Implementations that it cannot run.</summary>
    public IReadOnlyList<string> Refuses { get; init; } = [];

    public List<IReadOnlyList<string>> Asked { get; } = [];

    public TargetName Name { get; } = TargetName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name);

    public Acceleration Acceleration => Acceleration.None;

    public Isolation Isolation { get; } = new(IsolationLayers.None, "scripted");

    public Task<Availability> FindAsync(CancellationToken cancellation) => TryAsync(cancellation);

    /// <summary>A guest that answers every probe.</summary>
    public static ScriptedTarget Good(string name, double ns = 100, params string[] refuses) => new(name, (_, launch, console, _) =>
    {
        console.Receive(Encoding.ASCII.GetBytes(ScriptedGuest.Speak(ProbesOf(launch), ns)));
        return Task.FromResult(new InstanceEnd(0, null));
    })
    { Refuses = refuses };

    public string? WhyNot(string implementation) => Refuses.Contains(implementation) ? $"it has no {implementation}" : null;

    public static IReadOnlyList<string> ProbesOf(Launch launch) =>
        [.. launch.Arguments.Where(a => !a.StartsWith("--", StringComparison.Ordinal))];

    public Task<Availability> TryAsync(CancellationToken cancellation) => Task.FromResult(new Availability(true, Version));

    public Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation) => Task.CompletedTask;

    public async Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation)
    {
        Asked.Add(ProbesOf(launch));
        return await run(++Starts, launch, console, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
