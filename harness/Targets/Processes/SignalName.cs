namespace VirtualBench.Targets.Processes;

/// <summary>Linux signal numbers in words.</summary>
internal static class SignalName
{
    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",
        "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
        "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    public static string Of(int signal) => signal > 0 && signal < Names.Length ? $"{Names[signal]} (signal {signal})" : $"signal {signal}";

    /// <summary>
    /// What a status as shells and container runtimes give it says: 128+N for signal N. Our guest programs use 0 to 3 only, so that the two
    /// cannot be confused.
    /// </summary>
    /// <returns>The signal, or null for an ordinary end.</returns>
    public static int? InStatus(long status) => status is > 128 and < 128 + 65 ? (int)status - 128 : null;
}
