using System.Reflection;
using System.Security.Cryptography;
using VirtualBench.Guests;

namespace VirtualBench.Host;

/// <summary>Where build.sh put what is not .NET: the guest programs and the small helpers that run on the host.</summary>
internal static class BuildOutput
{
    /// <summary>The checkout that this program was built from.</summary>
    public static string RepositoryRoot { get; } = typeof(BuildOutput).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>A helper program of the host, e.g. <c>vbenclose</c>.</summary>
    public static string HostHelper(string name) => Path.Combine(RepositoryRoot, "artifacts", "host", name);

    /// <summary>PID 1 of a Linux guest.</summary>
    public static string GuestInit(GuestArchitecture architecture) => Path.Combine(GuestDirectory(architecture), "vbinit");

    /// <summary>The reference unikernel's image.</summary>
    public static string Unikernel(GuestArchitecture architecture) => Path.Combine(GuestDirectory(architecture), "vbunikernel");

    /// <summary>PID 1 of a container that needs one of ours.</summary>
    public static string ContainerInit(GuestArchitecture architecture) => Path.Combine(GuestDirectory(architecture), "vbcontainer-init");

    /// <summary>Holds the network namespace of a container whose engine makes it itself, see network_holder.c.</summary>
    public static string NetworkHolder(GuestArchitecture architecture) => Path.Combine(GuestDirectory(architecture), "vbnetwork-holder");

    /// <summary>Engine and C probes, which every guest program is linked with.</summary>
    public static string Archive(GuestArchitecture architecture) => Path.Combine(GuestDirectory(architecture), "libvbprobes.a");

    /// <summary>A directory of C sources, for a port that only the user's own compiler can build, e.g. <c>platform</c>.</summary>
    public static string Sources(string directory) => Path.Combine(RepositoryRoot, "native", directory);

    /// <summary>The guest program, hashed; null when it was not built.</summary>
    public static GuestProgram? FindProgram(string implementation, GuestArchitecture architecture)
    {
        var path = Path.Combine(GuestDirectory(architecture), "vbprobe-" + implementation);
        var archive = Path.Combine(GuestDirectory(architecture), "libvbprobes.sha256");
        if (!File.Exists(path) || !File.Exists(archive))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        return new GuestProgram(implementation, architecture, path, sha256, File.ReadAllText(archive).Trim());
    }

    private static string GuestDirectory(GuestArchitecture architecture) =>
        Path.Combine(RepositoryRoot, "artifacts", "guests", architecture == GuestArchitecture.Arm64 ? "arm64" : "x64");
}
