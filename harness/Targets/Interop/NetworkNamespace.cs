using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtualBench.Targets.Interop;

/// <summary>
/// A network namespace that nothing but this process holds: when it is disposed of, or this process dies, and no process of it is left, the
/// kernel deletes it with every link in it.
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    private readonly SafeFileHandle _handle;

    private NetworkNamespace(SafeFileHandle handle) => _handle = handle;

    /// <summary>A path that opens it, for programs that we start: it is a name within our process, and goes with it.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}";

    /// <summary>A new one, with a loopback that is down.</summary>
    /// <exception cref="TargetException">The kernel refused: it takes root.</exception>
    public static NetworkNamespace Create()
    {
        // On a thread of its own, which ends with it: unsharing belongs to a thread.
        NetworkNamespace? made = null;
        var error = 0;
        var thread = new Thread(() =>
        {
            error = Libc.Unshare(Libc.NewNetwork) < 0 ? Marshal.GetLastPInvokeError() : 0;
            made = error == 0 ? new NetworkNamespace(OpenOfThisThread()) : null;
        });
        thread.Start();
        thread.Join();
        return made ?? throw new TargetException($"cannot make a network namespace: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>One that somebody handed to us, by a descriptor that is now this object's.</summary>
    public static NetworkNamespace Of(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: true));

    /// <summary>Takes the calling thread, and what it starts, into the namespace; disposing takes it back, on the same thread.</summary>
    /// <exception cref="TargetException">The kernel refused.</exception>
    public IDisposable Enter() => new Stay(_handle);

    /// <summary>Does something in the namespace, on a thread of its own, so that a wait on the way cannot end up outside.</summary>
    public Task<T> RunAsync<T>(Func<T> action) => Task.Factory.StartNew(
        () =>
        {
            using var stay = Enter();
            return action();
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle OpenOfThisThread() =>
        File.OpenHandle("/proc/thread-self/ns/net", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    private sealed class Stay : IDisposable
    {
        private readonly SafeFileHandle _before = OpenOfThisThread();
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public Stay(SafeFileHandle wanted) => Set(wanted);

        public void Dispose()
        {
            if (_thread != Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException("A thread's network namespace can only be put back on that thread.");
            }

            Set(_before);
            _before.Dispose();
        }

        private static void Set(SafeFileHandle wanted)
        {
            if (Libc.SetNamespace((int)wanted.DangerousGetHandle(), Libc.NewNetwork) < 0)
            {
                var why = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
                throw new TargetException($"cannot enter a network namespace: {why}");
            }
        }
    }
}
