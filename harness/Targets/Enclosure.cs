using System.Reflection;
using System.Runtime.InteropServices;
using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets;

/// <summary>Runs this program again inside vbenclose (see native/host/vbenclose.c), so that nothing it starts can outlive it.</summary>
public static class Enclosure
{
    private const string Variable = "VIRTUALBENCH_ENCLOSED";

    /// <summary>Whether that has been done.</summary>
    public static bool IsInside => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>
    /// Replaces this process, which keeps its number. Returns only when that failed. Nothing may have been started yet: threads end without
    /// notice, and buffers are not flushed.
    /// </summary>
    /// <param name="enclosure">The program vbenclose.</param>
    /// <param name="arguments">This program's own, to be given to it again.</param>
    /// <param name="after">Arguments of this program for one more run, outside, when the enclosed one was killed; empty: none.</param>
    /// <returns>Why not; one line.</returns>
    public static string Enter(string enclosure, IReadOnlyList<string> arguments, IReadOnlyList<string> after)
    {
        IReadOnlyList<string> command =
        [
            enclosure,
            .. Environment.IsPrivilegedProcess ? Array.Empty<string>() : ["--no-namespaces"],
            .. after.Count == 0 ? Array.Empty<string>() : ["--after", .. Self(), .. after, ";"],
            "--", .. Self(), .. arguments,
        ];
        return Replace(command, Variable + "=1");
    }

    /// <summary>The command that started this program: its host (an executable of its own, or <c>dotnet PROGRAM.dll</c>).</summary>
    private static string[] Self()
    {
        var host = Environment.ProcessPath ?? "/proc/self/exe";
        return Path.GetFileName(host) == "dotnet" ? [host, Assembly.GetEntryAssembly()!.Location] : [host];
    }

    private static unsafe string Replace(IReadOnlyList<string> command, string variable)
    {
        var variables = Environment.GetEnvironmentVariables();
        using var environment = new ChildProcess.StringVector(
            [.. variables.Keys.Cast<string>().Select(name => $"{name}={variables[name]}"), variable]);
        using var arguments = new ChildProcess.StringVector(command);
        _ = Libc.Execute(arguments.Pointer[0], arguments.Pointer, environment.Pointer);
        return $"cannot execute {command[0]}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}; ./build.sh build";
    }
}
