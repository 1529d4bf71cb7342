using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtualBench.Targets.Interop;

/// <summary>
/// The system calls that .NET does not offer, by their C names. Each returns -1 (posix_spawn: the error itself) on failure.
/// </summary>
internal static unsafe partial class Libc
{
    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenNoControllingTerminal = 0x100;
    public const int CloseOnExec = 0x80000;
    public const int Sigterm = 15;
    public const int Sigkill = 9;
    public const int ErrorNoEntry = 2;
    public const int ErrorInterrupted = 4;
    public const int ErrorExecFormat = 8;
    public const int ErrorNoChild = 10;
    public const int ErrorAccess = 13;
    public const short PollIn = 1;
    public const int NewNetwork = 0x40000000;

    /// <summary>Larger than posix_spawn_file_actions_t (80) and posix_spawnattr_t (336) are in glibc and musl.</summary>
    public const int SpawnStructureBytes = 512;

    public const short SpawnSetProcessGroup = 0x02;
    public const short SpawnSetDefaultSignals = 0x04;
    public const short SpawnSetSignalMask = 0x08;

    /// <summary>Bytes of sigset_t.</summary>
    public const int SignalSetBytes = 128;

    /// <summary>More than struct termios has (60).</summary>
    public const int TerminalSettingsBytes = 128;

    /// <summary>Processors that an affinity mask of ours can name.</summary>
    public const int AffinityProcessors = 1024;

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    public static partial int OpenTerminal(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    public static partial int GrantTerminal(int terminal);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    public static partial int UnlockTerminal(int terminal);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    public static partial int TerminalName(int terminal, byte* name, nint bytes);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetTerminalSettings(int terminal, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetTerminalSettings(int terminal, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(byte* settings);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int process, byte* information, int options);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int process, int* status, int options);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nint bytes, byte* mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    public static partial int GetAffinity(int thread, nint bytes, byte* mask);

    /// <summary>Returns the error itself.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    public static partial int Advise(SafeFileHandle file, long offset, long bytes, int advice);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true)]
    public static partial int Execute(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int kinds);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string path, int flags);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    public static partial int Spawn(int* process, byte* path, byte* fileActions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int FileActionsInitialize(byte* fileActions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int FileActionsDestroy(byte* fileActions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int FileActionsAddDuplicate(byte* fileActions, int descriptor, int asDescriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileActionsAddOpen(byte* fileActions, int asDescriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int AttributesInitialize(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    public static partial int AttributesSetProcessGroup(byte* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int AttributesSetSignalMask(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int AttributesSetDefaultSignals(byte* attributes, byte* set);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
