using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualBench.Host;
using VirtualBench.Networks;
using VirtualBench.Protocol;
using VirtualBench.Targets;

namespace VirtualBench.Cli;

/// <summary>What was found of one target.</summary>
/// <param name="Isolates">What of a guest is its own: kernel, mount, pid, net, ipc, uts, user, cgroup, seccomp, hardware.</param>
/// <param name="Seconds">How long trying it took.</param>
internal sealed record Diagnosis(
    string Target, bool Usable, bool OnRequest, string? Version, IReadOnlyList<string> Isolates, string Isolation,
    string Acceleration, string? Reason, string? Remedy, double Seconds);

internal sealed record DoctorReport(
    IReadOnlyList<Diagnosis> Targets, JsonElement Host, IReadOnlyList<NetworkDiagnosis> Networks);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;

/// <summary>The command <c>doctor</c>: tries each target for real.</summary>
internal static class Doctor
{
    /// <summary>Exit status: done when something can run, <see cref="ExitStatus.NothingRan"/> when nothing can.</summary>
    public static async Task<int> RunAsync(
        TargetCatalogue catalogue, IReadOnlyList<TargetName> names, TargetSession session, IReadOnlyList<INetwork> networks, bool json,
        TextWriter output, CancellationToken cancellation)
    {
        var found = new List<Diagnosis>();
        foreach (var name in names)
        {
            var diagnosis = await DiagnoseAsync(catalogue.Create(name, session), target => target.TryAsync(cancellation))
                .ConfigureAwait(false);
            found.Add(diagnosis);
            if (!json)
            {
                Write(diagnosis, output);
            }
        }

        var connected = new List<NetworkDiagnosis>();
        foreach (var network in networks)
        {
            if (!json && connected.Count == 0)
            {
                output.WriteLine("networks:");
            }

            connected.Add(await NetworkDoctor.TryAsync(network, cancellation).ConfigureAwait(false));
            if (!json)
            {
                NetworkDoctor.Write(connected[^1], output);
            }
        }

        var host = HostEnvironment.Capture();
        if (json)
        {
            output.WriteLine(
                JsonSerializer.Serialize(
                    new DoctorReport(found, HostEnvironment.ToJson(host), connected), DoctorJson.Default.DoctorReport));
        }
        else
        {
            foreach (var warning in host.Warnings)
            {
                output.WriteLine("warning: " + warning);
            }

            if (!host.Root)
            {
                output.WriteLine(
                    "note: without root, targets that make namespaces or start a private daemon "
                        + "(docker without a daemon, oci) are not usable");
            }
        }

        return found.Any(d => d.Usable) ? ExitStatus.Done : ExitStatus.NothingRan;
    }

    /// <summary>What looking at a target, or trying it, says; the target is disposed of.</summary>
    public static async Task<Diagnosis> DiagnoseAsync(ITarget target, Func<ITarget, Task<Availability>> look)
    {
        var elapsed = Stopwatch.StartNew();
        await using (target.ConfigureAwait(false))
        {
            var availability = await look(target).ConfigureAwait(false);
            return new Diagnosis(
                target.Name.ToString(), availability.Usable, availability.OnRequest, Clean(availability.Version), target.Isolation.Names,
                target.Isolation.ToString(), AccelerationWord(target.Acceleration), Clean(availability.Reason),
                availability.Remedy, Math.Round(elapsed.Elapsed.TotalSeconds, 2));
        }
    }

    private static void Write(Diagnosis diagnosis, TextWriter output)
    {
        var state = !diagnosis.Usable ? "not usable" : diagnosis.OnRequest ? "on request" : "usable";
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{diagnosis.Target,-18} {state,-10}  {diagnosis.Version ?? "version unknown"}"));
        output.WriteLine($"{"",-18} isolation: {diagnosis.Isolation}; acceleration: {diagnosis.Acceleration}");
        WriteAdvice(diagnosis.Reason, diagnosis.Remedy, output);
    }

    /// <summary>Why something is not usable, and what would change that; nothing of what is not there.</summary>
    internal static void WriteAdvice(string? reason, string? remedy, TextWriter output)
    {
        if (reason is not null)
        {
            output.WriteLine($"{"",-18} {reason}");
        }

        if (remedy is not null)
        {
            output.WriteLine($"{"",-18} try: {remedy}");
        }
    }

    internal static string? Clean(string? text) => text is null ? null : Printable.Line(text);

    private static string AccelerationWord(Acceleration acceleration) => acceleration switch
    {
        Acceleration.Hardware => "hardware",
        Acceleration.Emulation => "emulation",
        _ => "none",
    };
}
