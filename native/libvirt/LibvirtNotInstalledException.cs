namespace VirtualBench.Libvirt;

/// <summary>There is no libvirt.so.0 that this process can load.</summary>
public sealed class LibvirtNotInstalledException : LibvirtException
{
    public LibvirtNotInstalledException()
        : base("libvirt.so.0 cannot be loaded: install libvirt (Debian: apt-get install libvirt0)")
    {
    }

    public LibvirtNotInstalledException(string message)
        : base(message)
    {
    }

    public LibvirtNotInstalledException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
