using System.ComponentModel;
using System.Globalization;

namespace VirtualBench.Guests.Linux;

/// <summary>
/// Kernels for Linux guests, one for each architecture, kept in a directory: Debian's cloud kernel, fetched as a package once and used
/// without a network from then on, so that a later run measures with the same kernel. Deleting the directory brings a newer one.
/// </summary>
/// <remarks>
/// An entry appears whole or not at all: it is put together beside its place and renamed into it, under a lock (flock) which the system
/// releases when its holder dies, so any number of processes may ask at once and one of them fetches.
/// </remarks>
public sealed class KernelCache(string directory, ICommandRunner commands)
{
    private const int WouldBlock = 11; // EWOULDBLOCK, the HResult of an IOException for a lock that somebody else holds

    public KernelCache()
        : this(DefaultDirectory(Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess), new SystemCommands())
    {
    }

    /// <summary>Where the kernels are kept.</summary>
    public string Directory { get; } = Path.GetFullPath(Path.Combine(directory, "kernels"));

    /// <summary><c>$VIRTUALBENCH_CACHE</c>, or <c>/var/cache/virtualbench</c> for root, or virtualbench in the user's XDG cache.</summary>
    public static string DefaultDirectory(Func<string, string?> environment, bool isRoot)
    {
        if (environment("VIRTUALBENCH_CACHE") is { Length: > 0 } chosen)
        {
            return chosen;
        }

        if (isRoot)
        {
            return "/var/cache/virtualbench";
        }

        // The XDG base directory specification: a relative path is invalid and to be ignored.
        var cache = environment("XDG_CACHE_HOME") is { } xdg && Path.IsPathRooted(xdg) ? xdg
            : environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache")
            : throw new KernelException("there is no cache directory for kernels: HOME is not set; set it, or VIRTUALBENCH_CACHE=DIR");
        return Path.Combine(cache, "virtualbench");
    }

    /// <summary>The kernel if it is here and intact; asks nobody and changes nothing.</summary>
    public LinuxKernel? TryGetCached(GuestArchitecture architecture) => KernelManifest.TryLoad(Place(architecture), architecture);

    /// <summary>The kernel from the cache, or from Debian's archive into the cache (some 30 MB, once).</summary>
    /// <exception cref="KernelException">It cannot be had; one line: what, why, what to do next.</exception>
    public async Task<LinuxKernel> GetAsync(GuestArchitecture architecture, CancellationToken cancellation)
    {
        if (TryGetCached(architecture) is { } cached)
        {
            return cached;
        }

        try
        {
            System.IO.Directory.CreateDirectory(Directory);
            await using var held = await LockAsync(Place(architecture) + ".lock", cancellation);
            return TryGetCached(architecture) ?? await FetchAsync(architecture, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KernelException(
                $"the kernel cache {Directory} cannot be used: {e.Message}; "
                + "make it writable, set VIRTUALBENCH_CACHE=DIR, or give --kernel FILE",
                e);
        }
    }

    private string Place(GuestArchitecture architecture) =>
        Path.Combine(Directory, architecture == GuestArchitecture.Arm64 ? "arm64" : "x64");

    private async Task<LinuxKernel> FetchAsync(GuestArchitecture architecture, CancellationToken cancellation)
    {
        // Under the lock, so what stands in these places was left by somebody who died.
        var place = Place(architecture);
        var work = place + ".work";
        var discarded = place + ".old";
        Delete(work);
        Delete(discarded);
        System.IO.Directory.CreateDirectory(work);
        try
        {
            var (package, root) = await new DebianKernelPackage(commands).FetchAsync(architecture, work, cancellation);
            var entry = Path.Combine(work, "entry");
            System.IO.Directory.CreateDirectory(entry);
            await KeepAsync(architecture, package, root, entry, cancellation);
            if (System.IO.Directory.Exists(place))
            {
                System.IO.Directory.Move(place, discarded);
            }

            System.IO.Directory.Move(entry, place);
            return TryGetCached(architecture)
                ?? throw new KernelException($"the kernel just put into {place} cannot be read back; is the disk full or failing?");
        }
        finally
        {
            Delete(work);
            Delete(discarded);
        }
    }

    /// <summary>Takes kernel and modules out of the unpacked package.</summary>
    private async Task KeepAsync(GuestArchitecture architecture, string package, string root, string entry, CancellationToken cancellation)
    {
        var image = FilesIn(Path.Combine(root, "boot"), "vmlinu*").Order(StringComparer.Ordinal).FirstOrDefault()
            ?? throw new KernelException($"no kernel for Linux guests: the package {package} holds none; give --kernel FILE");
        var bytes = await File.ReadAllBytesAsync(image, cancellation);
        if (!LinuxKernel.IsKernel(architecture, bytes))
        {
            throw new KernelException($"no kernel for Linux guests: {package} holds one that QEMU cannot boot; give --kernel FILE");
        }

        var version = LinuxKernel.ReadVersion(architecture, bytes);
        var unpacked = architecture == GuestArchitecture.X64 ? X64KernelImage.TryUnpack(bytes) : null;
        var kernel = unpacked is null ? "vmlinuz" : "vmlinux";
        await File.WriteAllBytesAsync(Path.Combine(entry, kernel), unpacked ?? bytes, cancellation);
        var modules = await KeepModulesAsync(root, entry, cancellation);
        KernelManifest.Save(entry, architecture, package, version, kernel, modules);
    }

    /// <summary>Copies the modules that guests need; their names relative to the entry, in load order.</summary>
    private async Task<IReadOnlyList<string>> KeepModulesAsync(string root, string entry, CancellationToken cancellation)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in FilesIn(Path.Combine(root, "lib"), "*.ko*").Concat(FilesIn(Path.Combine(root, "usr", "lib"), "*.ko*")))
        {
            files.TryAdd(KernelModules.NameOf(file), file);
        }

        // Dependencies are written inside the modules, so each has to be unpacked before it can be asked.
        var unpacked = new Dictionary<string, string>(StringComparer.Ordinal);
        var dependencies = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var waiting = new Queue<string>(KernelModules.Wanted);
        while (waiting.TryDequeue(out var name))
        {
            if (files.TryGetValue(name, out var file) && !unpacked.ContainsKey(name))
            {
                unpacked[name] = await UnpackModuleAsync(file, root, cancellation);
                dependencies[name] = KernelModules.ReadDependencies(await File.ReadAllBytesAsync(unpacked[name], cancellation));
                dependencies[name].ToList().ForEach(waiting.Enqueue);
            }
        }

        var kept = new List<string>();
        System.IO.Directory.CreateDirectory(Path.Combine(entry, "modules"));
        foreach (var name in KernelModules.LoadOrder(KernelModules.Wanted, dependencies))
        {
            kept.Add(string.Create(CultureInfo.InvariantCulture, $"modules/{name}.ko"));
            File.Copy(unpacked[name], Path.Combine(entry, kept[^1]));
        }

        return kept;
    }

    /// <summary>Newer packages hold compressed modules; a guest loads plain ones faster, and we can read them.</summary>
    private async Task<string> UnpackModuleAsync(string file, string root, CancellationToken cancellation)
    {
        var unpacker = Path.GetExtension(file) switch { ".xz" => "xz", ".zst" => "zstd", ".gz" => "gzip", _ => null };
        if (unpacker is null)
        {
            return file;
        }

        string why;
        try
        {
            var result = await commands.RunAsync(unpacker, ["-d", "-q", file], root, cancellation);
            if (result.Status == 0)
            {
                return Path.ChangeExtension(file, null);
            }

            why = result.Error.ReplaceLineEndings(" ").Trim();
        }
        catch (Win32Exception e)
        {
            why = e.Message;
        }

        throw new KernelException(
            $"the kernel's module {Path.GetFileName(file)} cannot be unpacked: {why}; install {unpacker}, or give --kernel FILE");
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellation)
    {
        for (; ; )
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult == WouldBlock)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
            }
        }
    }

    private static IEnumerable<string> FilesIn(string place, string pattern) => System.IO.Directory.Exists(place)
        ? System.IO.Directory.EnumerateFiles(place, pattern, SearchOption.AllDirectories)
        : [];

    private static void Delete(string path)
    {
        if (System.IO.Directory.Exists(path))
        {
            System.IO.Directory.Delete(path, recursive: true);
        }
    }
}
