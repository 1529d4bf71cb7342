using VirtualBench.Targets.Disks;

namespace VirtualBench.Disks;

/// <summary>Reads what stands behind <c>virtio-blk:</c> and <c>virtio-scsi:</c>.</summary>
internal static class ImageArgument
{
    public const string Usage = "raw|qcow2[,cache=none|writeback][,aio=native|io_uring|threads]";

    private static readonly string[] Formats = ["raw", "qcow2"], Caches = ["none", "writeback"], Aios = ["native", "io_uring", "threads"];

    /// <summary>The options; null and the reason when they are none. Without an argument: raw, past the host's page cache.</summary>
    public static ImageOptions? Read(string? text, out string? why)
    {
        var words = (text ?? "raw").Split(',');
        string? cache = null, aio = null;
        why = Formats.Contains(words[0]) ? null : $"'{words[0]}' is no format of an image: {string.Join(" or ", Formats)}";
        foreach (var word in words.Skip(1))
        {
            why ??= word.Split('=', 2) switch
            {
                ["cache", var value] when cache is null && Caches.Contains(cache = value) => null,
                ["aio", var value] when aio is null && Aios.Contains(aio = value) => null,
                _ => $"'{word}' is no option of an image: write {Usage}",
            };
        }

        cache ??= "none";
        // QEMU's libaio works past the page cache only.
        aio ??= cache == "none" ? "native" : "threads";
        why ??= cache != "none" && aio == "native"
            ? "aio=native needs cache=none: QEMU's libaio works past the host's page cache only"
            : null;
        return why is null ? new ImageOptions(words[0], cache, aio) : null;
    }
}
