using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VirtualBench.Guests.Linux;

/// <summary>What a Linux guest finds around its program (surroundings.h). What cannot be had ends the guest, with the reason.</summary>
/// <param name="Network">Its only interface besides <c>lo</c>; null: none, and <c>lo</c> stays down.</param>
/// <param name="Mounts">File systems, in this order.</param>
/// <param name="Devices">Paths that must exist before anything is mounted, e.g. <c>/dev/sda</c>, which SCSI finds late.</param>
public sealed record LinuxSurroundings(LinuxNetwork? Network, IReadOnlyList<LinuxMount> Mounts, IReadOnlyList<string> Devices)
{
    /// <summary>A program alone.</summary>
    public static LinuxSurroundings None { get; } = new(null, [], []);

    /// <summary>Adds the files that PID 1 reads; none for what is not asked for.</summary>
    internal void Write(Action<string, byte[]> addFile)
    {
        Add("net", Network is null ? [] : [Network.Line]);
        Add("mounts", Mounts.Select(mount => mount.Line));
        Add("devices", Devices.Select(device => Word(device, nameof(Devices))));

        void Add(string name, IEnumerable<string> lines)
        {
            var text = string.Concat(lines.Select(line => line + "\n"));
            if (text.Length > 0)
            {
                addFile(name, Encoding.UTF8.GetBytes(text));
            }
        }
    }

    /// <summary>The text, if it can stand between blanks on a line.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    internal static string Word(string text, string name) =>
        text.Length > 0 && !text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter))
            ? text
            : throw new ArgumentException($"'{text}' for a guest is empty, or holds a blank, a line end or a control character", name);
}

/// <summary>The address of a guest's network interface.</summary>
/// <param name="Interface">The kernel's own name of it: <c>eth0</c> in virtual machines, <c>vec0</c> of user-mode Linux.</param>
/// <param name="Address">IPv4.</param>
/// <param name="PrefixLength">Bits of the network, 1 to 32.</param>
/// <param name="Mtu">Bytes; null: the driver's own.</param>
public sealed record LinuxNetwork(string Interface, IPAddress Address, int PrefixLength, int? Mtu = null)
{
    private const int LongestName = 15, SmallestMtu = 68, LargestMtu = 65535;

    /// <summary>The line of <c>/net</c>.</summary>
    internal string Line
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(Interface.Length, LongestName, nameof(Interface));
            ArgumentOutOfRangeException.ThrowIfNotEqual(Address.AddressFamily, AddressFamily.InterNetwork, nameof(Address));
            ArgumentOutOfRangeException.ThrowIfLessThan(PrefixLength, 1, nameof(PrefixLength));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(PrefixLength, 32, nameof(PrefixLength));
            ArgumentOutOfRangeException.ThrowIfLessThan(Mtu ?? SmallestMtu, SmallestMtu, nameof(Mtu));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(Mtu ?? LargestMtu, LargestMtu, nameof(Mtu));
            var name = LinuxSurroundings.Word(Interface, nameof(Interface));
            return string.Create(CultureInfo.InvariantCulture, $"{name} {Address}/{PrefixLength} {Mtu}").TrimEnd();
        }
    }
}

/// <summary>A file system that PID 1 mounts; it makes the target's directory, in a directory that there is.</summary>
/// <param name="Type">e.g. <c>virtiofs</c>, <c>ext4</c>.</param>
/// <param name="Source">A device's path, or the tag of a shared directory.</param>
/// <param name="Target">An absolute path.</param>
/// <param name="Options">As the file system itself reads them, e.g. <c>trans=virtio,version=9p2000.L</c>; empty: none.</param>
public sealed record LinuxMount(string Type, string Source, string Target, string Options = "")
{
    /// <summary>The line of <c>/mounts</c>.</summary>
    internal string Line => string.Join(
        ' ',
        LinuxSurroundings.Word(Type, nameof(Type)),
        LinuxSurroundings.Word(Source, nameof(Source)),
        LinuxSurroundings.Word(Target, nameof(Target)),
        Options.Length == 0 ? "-" : LinuxSurroundings.Word(Options, nameof(Options)));
}
