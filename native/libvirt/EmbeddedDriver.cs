using System.Xml.Linq;

namespace VirtualBench.Libvirt;

/// <summary>
/// libvirt's QEMU driver inside this process, with all its state below one directory and no daemon (<c>qemu:///embed?root=DIR</c>).
/// libvirt allows a process one such root at a time. The driver cannot tie a domain to its connection
/// (<see cref="StartOptions.AutoDestroy"/> is refused): whoever starts a domain destroys it.
/// </summary>
public sealed class EmbeddedDriver
{
    /// <summary>The driver's sockets stand up to 57 characters below the root, and a UNIX socket's whole path may have 107.</summary>
    public const int LongestRoot = 50;

    // No logging daemon; QEMU runs as we do, so it may open what we may; and no file changes its owner for it. What libvirt would put
    // around QEMU to protect the host from it (a system call filter, a mount namespace, control groups, a security label) is left out: each
    // makes a start slower than QEMU's own, and the groups' parents would stay behind.
    private const string Configuration = """
        stdio_handler = "file"
        user = "+0"
        group = "+0"
        dynamic_ownership = 0
        remember_owner = 0
        security_driver = "none"
        security_default_confined = 0
        seccomp_sandbox = 0
        namespaces = []
        cgroup_controllers = []

        """;

    private EmbeddedDriver(string root) => Root = root;

    public string Root { get; }

    public string Uri => "qemu:///embed?root=" + System.Uri.EscapeDataString(Root);

    /// <summary>Lays out the directory; nothing is started.</summary>
    /// <param name="root">An existing directory, absolute.</param>
    /// <param name="capabilityCache">
    /// A directory that outlives the root, where libvirt keeps what it found out about each QEMU binary; asking one takes a second or two,
    /// when something first needs to know (a version, a domain).
    /// libvirt checks each entry's age against binary, kernel and itself. Null: ask anew.
    /// </param>
    /// <exception cref="ArgumentException">The root's path is too long for the sockets below it.</exception>
    public static EmbeddedDriver Prepare(string root, string? capabilityCache = null)
    {
        if (root.Length > LongestRoot)
        {
            throw new ArgumentException($"the driver's directory {root} is longer than {LongestRoot} characters", nameof(root));
        }

        Directory.CreateDirectory(Path.Combine(root, "etc"));
        File.WriteAllText(Path.Combine(root, "etc", "qemu.conf"), Configuration);
        if (capabilityCache is not null)
        {
            Directory.CreateDirectory(capabilityCache);
            var link = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "cache", "qemu")).FullName, "capabilities");
            if (!Directory.Exists(link))
            {
                Directory.CreateSymbolicLink(link, capabilityCache);
            }
        }

        return new EmbeddedDriver(root);
    }

    /// <summary>Opens a connection; the first one starts the driver.</summary>
    /// <exception cref="LibvirtException">There is no QEMU driver, or it cannot start here.</exception>
    public Connection Open()
    {
        OrphanReaper.Start();
        return DriverAccount.IsMissing ? DriverAccount.Lend(Root, () => Connection.Open(Uri)) : Connection.Open(Uri);
    }

    /// <summary>
    /// Connects a stream to the console of a domain of this driver, as <see cref="Domain.OpenConsole"/> does, but is neither stopped by a
    /// lock that a killed process left, nor leaves one.
    /// </summary>
    /// <remarks>
    /// libvirt locks the pseudo-terminal with a file that holds its process id, and believes the file while there is a process of that
    /// number. In PID namespaces of a run each there always is: the run that was killed had the same number as the one that is refused.
    /// QEMU has just been given that terminal by the kernel, so nobody else can rightly hold its lock; and once it is open nobody needs it.
    /// </remarks>
    public static void OpenConsole(Domain domain, Stream stream)
    {
        var lockFile = ConsoleLock(domain.Xml);
        File.Delete(lockFile);
        domain.OpenConsole(stream);
        File.Delete(lockFile);
    }

    /// <summary>
    /// The lock of the domain's first console: its device's path without /dev, slashes as underscores, in the UUCP manner.
    /// </summary>
    internal static string ConsoleLock(string domainXml)
    {
        var device = XDocument.Parse(domainXml).Root?.Element("devices")?.Element("console")?.Element("source")?.Attribute("path")?.Value;
        return device is not null && device.StartsWith("/dev/", StringComparison.Ordinal)
            ? "/var/lock/LCK.." + device["/dev".Length..].Replace('/', '_')
            : throw new LibvirtException("the domain has no console on a pseudo-terminal");
    }
}
