using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>
/// The account libvirt-qemu. A driver started by root looks it up before it reads that it is not to use it, and refuses to start without;
/// but only libvirt's system package, with its daemons, creates it. Instead of changing the host's accounts, the one thread that starts the
/// driver gets a view of /etc/passwd and /etc/group that has it.
/// </summary>
internal static class DriverAccount
{
    private const string Name = "libvirt-qemu";

    // The number that Debian reserves for it; nothing runs under it.
    private const int Number = 64055;

    internal static bool IsMissing => Environment.IsPrivilegedProcess && !(Has("/etc/passwd") && Has("/etc/group"));

    internal static T Lend<T>(string directory, Func<T> action)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                ShowAccount(directory);
                result = action();
            }
            catch (Exception error)
            {
                failure = error;
            }
        })
        { Name = "libvirt driver start", IsBackground = true };
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return result!;
    }

    private static void ShowAccount(string directory)
    {
        Check(LibcNative.unshare(LibcNative.NewMountNamespace), "a mount namespace");

        // Slave: what the host mounts later is seen here too, for threads that the driver starts inherit this view.
        Check(LibcNative.mount("none", "/", null, LibcNative.RecursiveSlave, 0), "a private view of the file system");
        Cover("/etc/passwd", directory, $"{Name}:x:{Number}:{Number}::/nonexistent:/usr/sbin/nologin\n");
        Cover("/etc/group", directory, $"{Name}:x:{Number}:\n");
    }

    private static void Cover(string file, string directory, string entry)
    {
        var copy = Path.Combine(directory, "etc", Path.GetFileName(file));
        File.WriteAllText(copy, File.ReadAllText(file).TrimEnd('\n') + "\n" + entry);
        Check(LibcNative.mount(copy, file, null, LibcNative.BindMount, 0), "a view of " + file);
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            var reason = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
            throw new LibvirtException(
                $"libvirt's QEMU driver needs the account {Name}, and {what} that has it cannot be made ({reason}): " +
                $"adduser --system --group --no-create-home {Name}");
        }
    }

    private static bool Has(string file) =>
        File.Exists(file) && File.ReadLines(file).Any(line => line.StartsWith(Name + ":", StringComparison.Ordinal));
}
