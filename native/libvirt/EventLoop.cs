using System.Runtime.InteropServices;
using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>
/// libvirt's event loop, one per process, on a background thread. Events, keepalive and the embedded drivers need it, so opening a
/// connection starts it. Callbacks run on its thread.
/// </summary>
public static class EventLoop
{
    private static readonly Lock Gate = new();
    private static Thread? s_thread;
    private static int s_wakeTimer = -1;
    private static volatile bool s_stopping;

    public static bool IsRunning
    {
        get
        {
            lock (Gate)
            {
                return s_thread is not null;
            }
        }
    }

    /// <summary>Does nothing when it runs already.</summary>
    public static unsafe void Start()
    {
        LibvirtLibrary.Require();
        lock (Gate)
        {
            if (s_thread is not null)
            {
                return;
            }

            if (s_wakeTimer < 0)
            {
                // Disarmed; Stop arms it, for the loop may be blocked with nothing else to wait for.
                s_wakeTimer = LibvirtException.Check(
                    LibvirtNative.virEventAddTimeout(-1, &Wake, 0, null), nameof(LibvirtNative.virEventAddTimeout));
            }

            s_stopping = false;
            s_thread = new Thread(Run) { IsBackground = true, Name = "libvirt events" };
            s_thread.Start();
        }
    }

    /// <summary>Returns when the thread has ended. Connections that are still open are deaf until the next <see cref="Start"/>.</summary>
    /// <exception cref="InvalidOperationException">Called from a callback, which the loop itself is running.</exception>
    public static void Stop()
    {
        lock (Gate)
        {
            if (s_thread is null)
            {
                return;
            }

            if (s_thread == Thread.CurrentThread)
            {
                throw new InvalidOperationException("the event loop cannot be stopped from one of its callbacks");
            }

            s_stopping = true;
            LibvirtNative.virEventUpdateTimeout(s_wakeTimer, 0);
            s_thread.Join();
            s_thread = null;
        }
    }

    private static void Run()
    {
        while (!s_stopping)
        {
            if (LibvirtNative.virEventRunDefaultImpl() < 0)
            {
                // The loop reports a failed poll and can go on; without a pause a lasting failure would spin.
                Thread.Sleep(10);
            }
        }
    }

    [UnmanagedCallersOnly]
    private static void Wake(int timer, nint opaque) => LibvirtNative.virEventUpdateTimeout(timer, -1);
}
