using System.Formats.Tar;

namespace VirtualBench.Guests.Containers;

/// <summary>Tar entries whose bytes depend on name, mode and content only: owner root, modified at the epoch.</summary>
internal static class ReproducibleTar
{
    public const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static void AddFile(this TarWriter tar, string name, UnixFileMode mode, Stream content) => tar.WriteEntry(
        new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = content,
            Mode = mode,
            ModificationTime = DateTimeOffset.UnixEpoch,
        });

    public static void AddDirectory(this TarWriter tar, string name) => tar.WriteEntry(
        new UstarTarEntry(TarEntryType.Directory, name) { Mode = Executable, ModificationTime = DateTimeOffset.UnixEpoch });
}
