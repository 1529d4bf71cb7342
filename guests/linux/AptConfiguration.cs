using System.Text;

namespace VirtualBench.Guests.Linux;

/// <summary>
/// An apt of our own for one architecture: the user's sources, keys, proxies and credentials, but private lists, state and cache under one
/// directory, and none of the user's hooks. So it can fetch a package of a foreign architecture without the user's apt ever hearing of it.
/// </summary>
internal static class AptConfiguration
{
    /// <summary>Debian's name of the architecture.</summary>
    public static string Name(GuestArchitecture architecture) => architecture == GuestArchitecture.Arm64 ? "arm64" : "amd64";

    /// <summary>Makes the directories and returns the file for <c>--config-file</c>, which apt reads after its own.</summary>
    /// <param name="directory">An absolute path; refused when apt's syntax could not hold it.</param>
    public static string Write(GuestArchitecture architecture, string directory)
    {
        if (directory.AsSpan().IndexOfAnyInRange('\0', '\x1F') >= 0 || directory.AsSpan().IndexOfAny("\"\\;{}") >= 0)
        {
            throw new KernelException(
                "apt cannot use the cache directory: quotes, backslashes, braces, semicolons or control characters are in its name; "
                + "set VIRTUALBENCH_CACHE=DIR, or give --kernel FILE");
        }

        Directory.CreateDirectory(Path.Combine(directory, "lists", "partial"));
        Directory.CreateDirectory(Path.Combine(directory, "archives", "partial"));
        File.WriteAllText(Path.Combine(directory, "status"), ""); // nothing is installed, as far as this apt knows
        var name = Name(architecture);
        var file = Path.Combine(directory, "apt.conf");
        var sandbox = IsReachableByOthers(directory) ? "" : "APT::Sandbox::User \"root\"; // _apt could not enter the directory\n";
        File.WriteAllText(file, $$"""
            #clear APT::Architectures;
            #clear APT::Update::Pre-Invoke;
            #clear APT::Update::Post-Invoke;
            #clear APT::Update::Post-Invoke-Success;
            APT::Architecture "{{name}}";
            APT::Architectures { "{{name}}"; };
            Acquire::Languages "none";
            Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
            Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
            Acquire::http::Timeout "20";
            Acquire::https::Timeout "20";
            Dir::State "{{directory}}";
            Dir::State::lists "{{directory}}/lists";
            Dir::State::status "{{directory}}/status";
            Dir::Cache "{{directory}}";
            Dir::Cache::archives "{{directory}}/archives";
            {{sandbox}}
            """, new UTF8Encoding(false));
        return file;
    }

    /// <summary>Whether apt's own unprivileged user could get into the directory: root's home, for one, is closed to it.</summary>
    private static bool IsReachableByOthers(string directory)
    {
        for (var part = new DirectoryInfo(directory); part is not null; part = part.Parent)
        {
            if ((part.UnixFileMode & UnixFileMode.OtherExecute) == 0)
            {
                return false;
            }
        }

        return true;
    }
}
