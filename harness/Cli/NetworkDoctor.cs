using System.Diagnostics;
using System.Globalization;
using VirtualBench.Networks;
using VirtualBench.Targets;

namespace VirtualBench.Cli;

/// <summary>What was found of one network.</summary>
/// <param name="Settings">What its figures depend on, by name; empty when it could not be opened.</param>
/// <param name="Seconds">How long trying it took.</param>
internal sealed record NetworkDiagnosis(
    string Network, bool Usable, string? Version, IReadOnlyDictionary<string, string> Settings, string? Reason, string? Remedy,
    double Seconds);

/// <summary>The part of <c>doctor</c> that opens each network, and closes it.</summary>
internal static class NetworkDoctor
{
    /// <summary>Tries a network, which is disposed of.</summary>
    public static async Task<NetworkDiagnosis> TryAsync(INetwork network, CancellationToken cancellation)
    {
        var elapsed = Stopwatch.StartNew();
        await using (network.ConfigureAwait(false))
        {
            var found = await network.TryOpenAsync(cancellation).ConfigureAwait(false);
            return new NetworkDiagnosis(
                network.Name, found.Usable, Doctor.Clean(found.Version),
                found.Usable ? network.Settings : new Dictionary<string, string>(), Doctor.Clean(found.Reason), found.Remedy,
                Math.Round(elapsed.Elapsed.TotalSeconds, 2));
        }
    }

    public static void Write(NetworkDiagnosis diagnosis, TextWriter output)
    {
        var state = diagnosis.Usable ? "usable" : "not usable";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{diagnosis.Network,-18} {state,-10}  {diagnosis.Version ?? "version unknown"}"));
        if (diagnosis.Settings.Count > 0)
        {
            output.WriteLine($"{"",-18} {string.Join("; ", diagnosis.Settings.Select(s => $"{s.Key}: {s.Value}"))}");
        }

        Doctor.WriteAdvice(diagnosis.Reason, diagnosis.Remedy, output);
    }
}
