using System.Text;

namespace VirtualBench.Guests.Linux;

/// <summary>Which of a kernel's modules a guest needs, and in which order they go in.</summary>
internal static class KernelModules
{
    /// <summary>For the devices and file systems that a virtual machine may be given: transports first, then what stands on them.</summary>
    public static IReadOnlyList<string> Wanted { get; } =
    [
        "virtio_pci", "virtio_mmio", "virtio_rng", "virtio_console", "virtio_blk", "virtio_net",
        .. Of("virtio_scsi"), "virtiofs", .. Of("9p"),
    ];

    /// <summary>A driver with those that it does nothing without, though no dependency says so.</summary>
    public static IReadOnlyList<string> Of(string device) => device switch
    {
        "virtio_scsi" => ["virtio_scsi", "sd_mod"],
        "9p" => ["9pnet_virtio", "9p"],
        _ => [device],
    };

    /// <summary>A module's name as the kernel writes it: dashes and underscores are the same.</summary>
    public static string NameOf(string file)
    {
        var name = Path.GetFileName(file);
        return name[..name.IndexOf(".ko", StringComparison.Ordinal)].Replace('-', '_');
    }

    /// <summary>
    /// What a module says it depends on. Debian's packages carry no <c>modules.dep</c> (it is made when they are installed), but it is made
    /// from this: the <c>depends=</c> entry of the module's own <c>.modinfo</c> section, a list of zero-terminated strings.
    /// </summary>
    public static IReadOnlyList<string> ReadDependencies(ReadOnlySpan<byte> module)
    {
        var key = "\0depends="u8;
        var start = module.IndexOf(key);
        if (start < 0)
        {
            return [];
        }

        var text = module[(start + key.Length)..];
        var end = text.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? text : text[..end])
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => name.Replace('-', '_'))
            .ToList();
    }

    /// <summary>
    /// The wanted modules and all that they need, each after what it needs. A name that is not among <paramref name="dependencies"/> is
    /// left out: such a driver is built into the kernel.
    /// </summary>
    /// <param name="dependencies">The modules that there are, by name (see <see cref="NameOf"/>), and what each depends on.</param>
    public static IReadOnlyList<string> LoadOrder(
        IReadOnlyList<string> wanted, IReadOnlyDictionary<string, IReadOnlyList<string>> dependencies)
    {
        var order = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in wanted)
        {
            Visit(name);
        }

        return order;

        void Visit(string name)
        {
            if (!dependencies.TryGetValue(name, out var needed) || !seen.Add(name))
            {
                return;
            }

            foreach (var dependency in needed)
            {
                Visit(dependency);
            }

            order.Add(name);
        }
    }
}
