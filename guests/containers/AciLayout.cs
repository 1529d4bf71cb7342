using System.Formats.Tar;

namespace VirtualBench.Guests.Containers;

/// <summary>
/// The paths of an image, taken one by one in the order of the archive. Whoever unpacks them by joining names to a directory stays in that
/// directory: no path or link leads out, and nothing lies below a link, so that what a path says is where it is.
/// </summary>
internal sealed class AciLayout
{
    private const int EntriesLimit = 200_000;
    private readonly HashSet<string> _files = [];
    private readonly HashSet<string> _directories = [];
    private readonly HashSet<string> _parents = [];
    private readonly Dictionary<string, string> _links = [];

    public IReadOnlySet<string> Files => _files;

    public IReadOnlyDictionary<string, string> Links => _links;

    public bool HasRoot => _directories.Contains(AciImage.RootName) || _parents.Contains(AciImage.RootName);

    /// <returns>The entry's path, without <c>./</c> before it or a slash after it.</returns>
    /// <exception cref="AciException">It does not belong into an image.</exception>
    public string Add(TarEntry entry)
    {
        var path = Plain(entry.Name, "");
        if (path.Length == 0)
        {
            return path; // the archive's own top
        }

        Refuse(_files.Count + _directories.Count > EntriesLimit, $"it has more than {EntriesLimit} files");
        Refuse(
            path is not (AciImage.ManifestName or AciImage.RootName)
                && !path.StartsWith(AciImage.RootName + "/", StringComparison.Ordinal),
            $"it has '{PrintableText.Of(path)}', where only manifest and rootfs belong");
        if (entry.EntryType == TarEntryType.Directory)
        {
            Refuse(
                path == AciImage.ManifestName || _files.Contains(path), $"'{PrintableText.Of(path)}' is there as a directory and a file");
            _directories.Add(path);
        }
        else
        {
            Refuse(path == AciImage.RootName, "its rootfs is no directory");
            Refuse(path == AciImage.ManifestName && entry.DataStream is null, "its manifest is no file with content");
            Refuse(!_files.Add(path), $"'{PrintableText.Of(path)}' is there twice");
            Refuse(_directories.Contains(path), $"'{PrintableText.Of(path)}' is there as a directory and a file");
        }

        AddParents(path);
        if (entry.EntryType == TarEntryType.SymbolicLink)
        {
            CheckLink(path, entry.LinkName);
            _links[path] = entry.LinkName;
        }
        else if (entry.EntryType == TarEntryType.HardLink)
        {
            var target = Plain(entry.LinkName, $", and the hard link '{PrintableText.Of(path)}' leads there");
            Refuse(
                !_files.Contains(target) || target == path,
                $"the hard link '{PrintableText.Of(path)}' leads to '{PrintableText.Of(target)}', which is not in it");
        }

        Refuse(_files.Contains(path) && _parents.Contains(path), $"something lies below '{PrintableText.Of(path)}', which is no directory");
        return path;
    }

    private void AddParents(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            var parent = path[..slash];
            Refuse(_files.Contains(parent), $"'{PrintableText.Of(path)}' lies below '{PrintableText.Of(parent)}', which is no directory");
            if (!_parents.Add(parent))
            {
                return;
            }
        }
    }

    /// <summary>
    /// Relative, and up only at its beginning and not beyond rootfs. An absolute one would be right in a root of its own; but rkt runs a
    /// stage 1 from outside, where it leads into the host.
    /// </summary>
    private static void CheckLink(string path, string target)
    {
        var names = target.Split('/');
        var up = names.TakeWhile(name => name == "..").Count();
        Refuse(
            target.StartsWith('/') || up > path.Count(c => c == '/') - 1 || names.Skip(up).Contains(".."),
            $"the link '{PrintableText.Of(path)}' leads out of it, to '{PrintableText.Of(target)}'");
    }

    /// <summary>A path without what says nothing: a leading <c>./</c>, a slash at the end.</summary>
    private static string Plain(string path, string where)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").ToArray();
        Refuse(
            path.StartsWith('/') || names.Contains("..") || path.Contains('\0', StringComparison.Ordinal),
            $"the path '{PrintableText.Of(path)}' leads out of it{where}");
        return string.Join('/', names);
    }

    private static void Refuse(bool wrong, string why)
    {
        if (wrong)
        {
            throw new AciException(why);
        }
    }
}
