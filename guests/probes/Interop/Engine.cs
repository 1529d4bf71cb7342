using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace VirtualBench.Probes.Interop;

/// <summary>What native/include/vb_engine.h offers a probe outside timed code, and the guest program's whole run.</summary>
internal static unsafe partial class Engine
{
    private const string Archive = "vbprobes";

    /// <summary>Reads the command line, prints the protocol, runs the probes; returns the program's exit status.</summary>
    [LibraryImport(Archive, EntryPoint = "vb_main")]
    public static partial int Run(int argc, byte** argv, byte* implementation, byte* build, Probe** probes, int probeCount);

    /// <summary>Hexadecimal SHA-256 of the archive; the archive's own string.</summary>
    [LibraryImport(Archive, EntryPoint = "vb_build_hash")]
    public static partial byte* BuildHash();

    /// <summary>The parameter's integer value, or <paramref name="fallback"/> when the specification does not name it.</summary>
    public static long Integer(ProbeRun* run, ReadOnlySpan<byte> name, long fallback) => ParameterInteger(run, Pointer(name), fallback);

    /// <summary>The parameter's text, or <paramref name="fallback"/> when the specification does not name it.</summary>
    public static ReadOnlySpan<byte> Text(ProbeRun* run, ReadOnlySpan<byte> name, ReadOnlySpan<byte> fallback) =>
        MemoryMarshal.CreateReadOnlySpanFromNullTerminated(ParameterText(run, Pointer(name), Pointer(fallback)));

    /// <summary>
    /// Bytes of the last-level cache as the CPU reports it; 32 MiB when it does not. The engine's, so that C and C# agree.
    /// </summary>
    [LibraryImport(Archive, EntryPoint = "vb_cpu_last_level_cache")]
    public static partial ulong LastLevelCacheBytes();

    /// <summary>Publishes a figure besides time per operation.</summary>
    public static void Metric(ProbeRun* run, ReadOnlySpan<byte> name, double value, ReadOnlySpan<byte> unit) =>
        MetricAdd(run, Pointer(name), value, Pointer(unit));

    /// <summary>Says in a word how the workload ran.</summary>
    public static void Note(ProbeRun* run, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        RunNote(run, Pointer(name), Pointer(value));

    /// <summary>Gives the run another workload than the table's.</summary>
    [LibraryImport(Archive, EntryPoint = "vb_run_use")]
    public static partial void Use(ProbeRun* run, delegate* unmanaged<void*, nint, void> workload);

    /// <summary>A wrong answer or a bad parameter. Returns the status to return.</summary>
    public static ProbeStatus Fail(ProbeRun* run, ReadOnlySpan<byte> why) => RunFail(run, Pointer(why));

    /// <summary>This guest cannot run the probe. Returns the status to return.</summary>
    public static ProbeStatus Unsupported(ProbeRun* run, ReadOnlySpan<byte> why) => RunUnsupported(run, Pointer(why));

    /// <summary>The address of a UTF-8 literal: it lies in the program's read-only data and the compiler ends it with a zero.</summary>
    public static byte* Pointer(ReadOnlySpan<byte> literal) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));

    [LibraryImport(Archive, EntryPoint = "vb_parameter_integer")]
    private static partial long ParameterInteger(ProbeRun* run, byte* name, long fallback);

    [LibraryImport(Archive, EntryPoint = "vb_parameter_text")]
    private static partial byte* ParameterText(ProbeRun* run, byte* name, byte* fallback);

    [LibraryImport(Archive, EntryPoint = "vb_metric_add")]
    private static partial void MetricAdd(ProbeRun* run, byte* name, double value, byte* unit);

    [LibraryImport(Archive, EntryPoint = "vb_run_note")]
    private static partial void RunNote(ProbeRun* run, byte* name, byte* value);

    [LibraryImport(Archive, EntryPoint = "vb_fail")]
    private static partial ProbeStatus RunFail(ProbeRun* run, byte* why);

    [LibraryImport(Archive, EntryPoint = "vb_unsupported")]
    private static partial ProbeStatus RunUnsupported(ProbeRun* run, byte* why);
}
