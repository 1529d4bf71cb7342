using System.Runtime.InteropServices;
using System.Text;

namespace VirtualBench.Targets.Interop;

/// <summary>
/// A child in a process group of its own: a Ctrl-C at the terminal does not reach it, and one signal reaches all it started. Used instead
/// of System.Diagnostics.Process, which offers neither that, nor the signal that ended a child, nor a pipe that is read without buffering.
/// </summary>
internal sealed unsafe class ChildProcess
{
    private const int WaitAnyExited = 4;
    private const int WaitNoHang = 1;
    private const int WaitLeave = 0x1000000;
    private const int IdProcess = 1;
    private readonly Lock _gate = new();
    private bool _reaped;

    private ChildProcess(int id) => Id = id;

    public int Id { get; }

    /// <summary>
    /// Starts <paramref name="path"/>, which inherits the processors of the calling thread and no other descriptor than the three given.
    /// </summary>
    /// <param name="standardInput">A descriptor, or null for /dev/null.</param>
    /// <param name="error">0, or the C error number why it could not be started.</param>
    public static ChildProcess? Start(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        int? standardInput,
        int standardOutput,
        int standardError,
        out int error)
    {
        var actions = stackalloc byte[Libc.SpawnStructureBytes];
        var attributes = stackalloc byte[Libc.SpawnStructureBytes];
        var noSignals = stackalloc byte[Libc.SignalSetBytes];
        var allSignals = stackalloc byte[Libc.SignalSetBytes];
        new Span<byte>(noSignals, Libc.SignalSetBytes).Clear();
        new Span<byte>(allSignals, Libc.SignalSetBytes).Fill(0xff);
        using var argumentVector = new StringVector([path, .. arguments]);
        using var environmentVector = new StringVector(environment);

        _ = Libc.FileActionsInitialize(actions);
        _ = Libc.AttributesInitialize(attributes);
        try
        {
            _ = standardInput is { } input
                ? Libc.FileActionsAddDuplicate(actions, input, 0)
                : Libc.FileActionsAddOpen(actions, 0, "/dev/null", Libc.OpenReadOnly, 0);
            _ = Libc.FileActionsAddDuplicate(actions, standardOutput, 1);
            _ = Libc.FileActionsAddDuplicate(actions, standardError, 2);
            _ = Libc.AttributesSetProcessGroup(attributes, 0);
            // The runtime ignores SIGPIPE and blocks others; a guest shall see what a program sees that a shell started.
            _ = Libc.AttributesSetSignalMask(attributes, noSignals);
            _ = Libc.AttributesSetDefaultSignals(attributes, allSignals);
            _ = Libc.AttributesSetFlags(
                attributes, Libc.SpawnSetProcessGroup | Libc.SpawnSetSignalMask | Libc.SpawnSetDefaultSignals);
            int id;
            error = Libc.Spawn(&id, argumentVector.Pointer[0], actions, attributes, argumentVector.Pointer, environmentVector.Pointer);
            return error == 0 ? new ChildProcess(id) : null;
        }
        finally
        {
            _ = Libc.FileActionsDestroy(actions);
            _ = Libc.AttributesDestroy(attributes);
        }
    }

    /// <summary>Whether it has ended; it stays a zombie, so that its number belongs to nobody else, until <see cref="Reap"/>.</summary>
    public bool HasEnded()
    {
        var information = stackalloc byte[128];
        new Span<byte>(information, 128).Clear();
        // si_pid, at offset 12 or 16, stays 0 while the child runs; si_signo, first, is SIGCHLD when it does not.
        return Libc.WaitId(IdProcess, Id, information, WaitAnyExited | WaitNoHang | WaitLeave) < 0 || *(int*)information != 0;
    }

    /// <summary>Blocks until it has ended; leaves it a zombie.</summary>
    public void WaitUntilEnded()
    {
        var information = stackalloc byte[128];
        while (Libc.WaitId(IdProcess, Id, information, WaitAnyExited | WaitLeave) < 0
            && Marshal.GetLastPInvokeError() == Libc.ErrorInterrupted)
        {
        }
    }

    /// <summary>Sends a signal to it and everything in its process group; does nothing after <see cref="Reap"/>.</summary>
    public void SignalGroup(int signal)
    {
        lock (_gate)
        {
            if (!_reaped)
            {
                _ = Libc.Kill(-Id, signal);
            }
        }
    }

    /// <summary>Kills what is left of its group, waits for it, and frees its number.</summary>
    public ProcessEnd Reap()
    {
        WaitUntilEnded();
        lock (_gate)
        {
            _ = Libc.Kill(-Id, Libc.Sigkill);
            _reaped = true;
            int status;
            int result;
            while ((result = Libc.WaitPid(Id, &status, 0)) < 0 && Marshal.GetLastPInvokeError() == Libc.ErrorInterrupted)
            {
            }

            if (result < 0)
            {
                return new ProcessEnd(null, null);
            }

            var signal = status & 0x7f;
            return signal == 0 ? new ProcessEnd((status >> 8) & 0xff, null) : new ProcessEnd(null, signal);
        }
    }

    /// <summary>A NULL-terminated char*[].</summary>
    internal sealed class StringVector : IDisposable
    {
        private readonly int _count;

        public StringVector(IReadOnlyList<string> strings)
        {
            _count = strings.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
            {
                var bytes = Encoding.UTF8.GetByteCount(strings[i]);
                Pointer[i] = (byte*)NativeMemory.AllocZeroed((nuint)(bytes + 1));
                Encoding.UTF8.GetBytes(strings[i], new Span<byte>(Pointer[i], bytes));
            }
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
            {
                NativeMemory.Free(Pointer[i]);
            }

            NativeMemory.Free(Pointer);
        }
    }
}

/// <summary>How a child ended: one of the two is set; neither when somebody else took its status.</summary>
internal readonly record struct ProcessEnd(int? Status, int? Signal);
