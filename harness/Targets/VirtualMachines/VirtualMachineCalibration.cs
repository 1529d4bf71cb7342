using System.Globalization;
using VirtualBench.Host;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>
/// Whether /dev/kvm is worth anything: that it is there proves nothing, for a nested or paravirtual host may refuse guests or emulate every
/// instruction of them. So a guest of a few instructions counts down a loop, and the loop is timed (kvm_calibrate.c).
/// </summary>
internal static class VirtualMachineCalibration
{
    /// <summary>
    /// Instructions a second: hardware runs one or more a cycle; a host that emulated them was measured at 1 to 2.4 million.
    /// </summary>
    internal const double HardwareRate = 5e7;

    private const string Device = "/dev/kvm";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Why there is nothing to calibrate; null when there is.</summary>
    public static Availability? WhyAbsent() => File.Exists(Device) ? null
        : new Availability(false, null, $"{Device} is absent: no virtualisation hardware, or it is switched off");

    public static async Task<Availability> RunAsync(CancellationToken cancellation)
    {
        if (WhyAbsent() is { } absent)
        {
            return absent;
        }

        var program = BuildOutput.HostHelper("vbkvm-calibrate");
        if (!File.Exists(program))
        {
            return new Availability(false, null, "vbkvm-calibrate has not been built", "./build.sh build");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            var console = new TextConsole();
            var launch = new ProcessLaunch(program, [], [], [], "virtualbench-kvm-calibrate");
            var outcome = await GuestProcess.RunAsync(launch, console, limit.Token).ConfigureAwait(false);
            return outcome is { StartError: 0, End.Status: 0 }
                ? Judge(console.Text)
                : new Availability(
                    false, null, $"{Device} cannot be used: {outcome.ErrorText ?? "vbkvm-calibrate failed"}", Remedy(outcome.ErrorText));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Availability(false, null, $"a guest of a few instructions did not end within {Limit.TotalSeconds} s");
        }
    }

    /// <param name="line">What vbkvm-calibrate printed: <c>iterations=N nanoseconds=N instructionsPerSecond=N</c>.</param>
    internal static Availability Judge(string line)
    {
        const string Key = "instructionsPerSecond=";
        var rate = line.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.StartsWith(Key, StringComparison.Ordinal))
            .Select(word => double.TryParse(
                word.AsSpan(Key.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : 0)
            .FirstOrDefault();
        return rate <= 0 ? new Availability(false, null, "vbkvm-calibrate printed no rate")
            : rate >= HardwareRate ? new Availability(true, null)
            : new Availability(
                true, null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Device} is present but emulating: {rate / 1e6:F1} million instructions a second; it runs only when it is named"),
                null, OnRequest: true);
    }

    private static string? Remedy(string? error) =>
        error is not null && error.Contains("Permission denied", StringComparison.Ordinal)
            ? "sudo usermod -aG kvm $USER, and log in again"
            : null;
}
