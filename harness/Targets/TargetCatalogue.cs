using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets;

/// <summary>One engine.</summary>
/// <param name="Engine">The name before the colon.</param>
/// <param name="Description">One line.</param>
/// <param name="Names">The targets of it that are tried when the user names none, e.g. <c>oci:runc</c>.</param>
public sealed record TargetKind(
    string Engine, string Description, IReadOnlyList<string> Names, Func<TargetName, TargetSession, ITarget> Create);

/// <summary>Every engine there is: the one place besides its own file that a new target touches.</summary>
public static class TargetCatalogue
{
    private const int NearDistance = 2;

    public static IReadOnlyList<TargetKind> Kinds { get; } =
    [
        new("native", "a process of its own on the bare host: the baseline",
            ["native"], (name, session) => new NativeTarget(name, session)),
        new("docker", "a Docker container; docker:RUNTIME for another runtime than the daemon's own", ["docker"],
            (name, session) => new DockerTarget(name, session)),
        new("oci", "a container runtime without a daemon: oci:runc, oci:crun, oci:PATH", ["oci:runc", "oci:crun"],
            (name, session) => new OciTarget(name, session)),
        new("qemu", "a virtual machine with a translated processor (QEMU's TCG), through libvirt", ["qemu", "qemu@arm64"],
            (name, session) => new VirtualMachineTarget(name, session, hardware: false)),
        new("kvm", "a virtual machine on virtualisation hardware, through libvirt", ["kvm"],
            (name, session) => new VirtualMachineTarget(name, session, hardware: true)),
    ];

    /// <summary>Why there is no such target; null when its engine exists.</summary>
    public static string? WhyUnknown(TargetName name)
    {
        try
        {
            _ = Find(name);
            return null;
        }
        catch (TargetException e)
        {
            return e.Message + "; `list targets` shows them";
        }
    }

    /// <summary>Makes a target; nothing is started yet.</summary>
    /// <exception cref="TargetException">No such engine; names the nearest ones.</exception>
    public static ITarget Create(TargetName name, TargetSession session) => Find(name).Create(name, session);

    /// <summary>Reads and checks a target's name.</summary>
    /// <exception cref="TargetException">It does not follow the grammar, or there is no such engine.</exception>
    public static TargetName Parse(string text)
    {
        if (!TargetName.TryParse(text, out var name))
        {
            throw new TargetException(
                $"'{ErrorTail.Clean(text)}' is no target: write engine[:variant][@x64|@arm64], e.g. {Kinds[0].Names[0]}");
        }

        _ = Find(name);
        return name;
    }

    private static TargetKind Find(TargetName name) =>
        Kinds.FirstOrDefault(kind => kind.Engine == name.Engine) ?? throw new TargetException(
            Near(name.Engine) is { Count: > 0 } near
                ? $"no target '{name.Engine}': did you mean {string.Join(" or ", near)}?"
                : $"no target '{name.Engine}': there are {string.Join(", ", Kinds.Select(kind => kind.Engine))}");

    private static List<string> Near(string engine) =>
    [
        .. Kinds.SelectMany(kind => kind.Names.Append(kind.Engine)).Distinct()
            .Select(name => (name, distance: Distance(engine, name.Split(':')[^1])))
            .Concat(Kinds.Select(kind => (name: kind.Engine, distance: Distance(engine, kind.Engine))))
            .Where(candidate => candidate.distance <= NearDistance)
            .OrderBy(candidate => candidate.distance)
            .Select(candidate => candidate.name).Distinct().Take(3),
    ];

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
