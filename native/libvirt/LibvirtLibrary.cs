using System.Runtime.InteropServices;
using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>The library itself: whether it is there and which one it is.</summary>
public static class LibvirtLibrary
{
    private static readonly Lazy<bool> Initialised = new(Initialise);

    /// <summary>Whether libvirt.so.0 can be loaded into this process.</summary>
    public static bool IsInstalled => CanLoad(LibvirtNative.Library);

    /// <summary>The version of the library that is loaded, e.g. 9.0.0.</summary>
    /// <exception cref="LibvirtNotInstalledException">There is none.</exception>
    public static unsafe Version Version
    {
        get
        {
            Require();
            LibvirtException.Check(LibvirtNative.virGetVersion(out var version, null, null), nameof(LibvirtNative.virGetVersion));
            return Decode(version);
        }
    }

    /// <summary>Readies the library once per process; everything that makes the first call to libvirt comes through here.</summary>
    internal static void Require() => _ = Initialised.Value;

    /// <summary>libvirt writes a version as major x 1,000,000 + minor x 1,000 + release.</summary>
    internal static Version Decode(nuint version) =>
        new((int)(version / 1_000_000), (int)(version / 1_000 % 1_000), (int)(version % 1_000));

    internal static void RequireLoadable(string library)
    {
        if (!CanLoad(library))
        {
            throw new LibvirtNotInstalledException();
        }
    }

    private static bool CanLoad(string library)
    {
        if (!NativeLibrary.TryLoad(library, out var handle))
        {
            return false;
        }

        NativeLibrary.Free(handle);
        return true;
    }

    private static bool Initialise()
    {
        RequireLoadable(LibvirtNative.Library);
        LibvirtNative.SilenceErrors();
        LibvirtNative.SilenceLog();
        LibvirtException.Check(LibvirtNative.virInitialize(), nameof(LibvirtNative.virInitialize));

        // An implementation of the event loop must stand before the first connection is opened, or that connection has no events.
        LibvirtException.Check(LibvirtNative.virEventRegisterDefaultImpl(), nameof(LibvirtNative.virEventRegisterDefaultImpl));
        return true;
    }
}
