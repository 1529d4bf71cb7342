namespace VirtualBench.Libvirt.Tests;

/// <summary>
/// An embedded QEMU driver in a directory of its own, one for the whole test process: libvirt allows a process one root. A test that
/// uses it begins with <see cref="Require"/>.
/// </summary>
public sealed class EmbeddedQemu : IDisposable
{
    private const string Emulator = "/usr/bin/qemu-system-x86_64";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("vblv-");
    private readonly Lazy<Connection> _connection;

    public EmbeddedQemu() => _connection = new Lazy<Connection>(() => EmbeddedDriver.Prepare(_root.FullName).Open());

    public string ScratchDirectory => _root.FullName;

    public Connection Require()
    {
        Requirements.NeedLibvirt();
        Assert.SkipUnless(File.Exists(Emulator), $"{Emulator} is not installed");
        try
        {
            return _connection.Value;
        }
        catch (LibvirtException error) when (error.Code is ErrorCode.NoConnect or ErrorCode.NoSupport or ErrorCode.None)
        {
            Assert.Skip("libvirt's QEMU driver cannot start here: " + error.Message);
            throw;
        }
    }

    public static void DestroyIfThere(Domain domain)
    {
        try
        {
            domain.Destroy();
        }
        catch (LibvirtException e) when (e.Code is ErrorCode.NoDomain or ErrorCode.OperationInvalid)
        {
            // It ended by itself.
        }
    }

    public void Dispose()
    {
        if (_connection.IsValueCreated)
        {
            // What a failed test left running would outlive us.
            foreach (var domain in _connection.Value.ListDomains())
            {
                DestroyIfThere(domain);
                domain.Dispose();
            }

            _connection.Value.Dispose();
        }

        _root.Delete(recursive: true);
    }
}

/// <summary>All tests of the embedded driver share it and so run one after another.</summary>
// By itself: other tests open connections, which start the loop that one of these stops.
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EmbeddedQemuCollection : ICollectionFixture<EmbeddedQemu>
{
    public const string Name = "embedded QEMU";
}

internal static class Requirements
{
    public static void NeedLibvirt() => Assert.SkipUnless(LibvirtLibrary.IsInstalled, "libvirt.so.0 is not installed");
}
