using System.ComponentModel;
using System.Diagnostics;

namespace VirtualBench.Guests.Linux;

/// <summary>What a command printed, and its exit status.</summary>
public sealed record CommandResult(int Status, string Output, string Error);

/// <summary>Runs one of the system's commands to its end, with standard input empty.</summary>
public interface ICommandRunner
{
    /// <exception cref="Win32Exception">There is no such command.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the command and what it started have been ended.</exception>
    Task<CommandResult> RunAsync(string command, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken cancellation);
}

/// <summary>The commands of this machine, in the C locale because their messages are read.</summary>
public sealed class SystemCommands : ICommandRunner
{
    public async Task<CommandResult> RunAsync(
        string command, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }
}
