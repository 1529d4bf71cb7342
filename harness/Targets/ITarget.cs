using VirtualBench.Guests;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.Links;

namespace VirtualBench.Targets;

/// <summary>What runs the guest's instructions: nothing in between, virtualisation hardware, or a translator.</summary>
public enum Acceleration
{
    None,
    Hardware,
    Emulation,
}

/// <summary>What is known of a target on this host after trying it.</summary>
/// <param name="Usable">A guest was started and answered, or everything it takes was found and tried short of that.</param>
/// <param name="Version">The engine's own version, e.g. <c>runc 1.1.5</c>; null when it could not be asked.</param>
/// <param name="Reason">Why not usable, one line; or, when usable, what the user should know. Null when there is nothing to say.</param>
/// <param name="Remedy">The command that would make it usable; null when none would.</param>
/// <param name="OnRequest">Usable, but so slow or invasive that only naming it runs it.</param>
/// <param name="Impossible">Not usable, by its nature: nothing that is missing here would change that.</param>
public sealed record Availability(
    bool Usable, string? Version, string? Reason = null, string? Remedy = null, bool OnRequest = false, bool Impossible = false);

/// <summary>What an instance gets of the host.</summary>
/// <param name="VirtualCpus">Processors that the guest sees.</param>
/// <param name="MemoryBytes">Memory of a virtual machine, or the limit of a container.</param>
/// <param name="HostCpus">The host's processors that it may run on; empty: any.</param>
public sealed record Resources(int VirtualCpus, long MemoryBytes, IReadOnlyList<int> HostCpus);

/// <summary>One start of a guest program.</summary>
/// <param name="Program">What to run.</param>
/// <param name="Arguments">Its arguments, without blanks or quotes in any (some engines split on blanks).</param>
/// <param name="Label">Names the instance wherever the engine takes a name or a label: <c>virtualbench-RUN-TRIAL</c>.</param>
/// <param name="ScratchDirectory">An empty directory of this trial's own; the campaign deletes it afterwards.</param>
public sealed record Launch(
    GuestProgram Program, IReadOnlyList<string> Arguments, Resources Resources, string Label, string ScratchDirectory)
{
    /// <summary>The guest's network; null: it has none but its own loopback.</summary>
    public GuestLink? Link { get; init; }

    /// <summary>Where it stands in its campaign; null outside of one. For engines that simulate; one that measures must not look.</summary>
    public LaunchOrder? Order { get; init; }

    /// <summary>The guest's disk; null: it has none, and its root is read-only where it has one.</summary>
    public GuestDisk? Disk { get; init; }
}

/// <summary>Where a launch stands in its campaign.</summary>
/// <param name="TargetId">The target's name in the run.</param>
/// <param name="Position">From 1, of <paramref name="Trials"/>.</param>
/// <param name="Seed">The run's.</param>
public sealed record LaunchOrder(string TargetId, int Position, int Trials, int Attempt, ulong Seed);

/// <summary>Where a target puts what its instance prints, as it arrives.</summary>
public interface IGuestConsole
{
    /// <summary>Bytes from the guest. Must be called from one thread at a time, with no delay between read and call.</summary>
    void Receive(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The engine reached a point of the start, now: <c>accepted</c> (it took the request), <c>started</c> (its process runs).
    /// </summary>
    void Phase(string name);
}

/// <summary>How an instance ended.</summary>
/// <param name="ExitStatus">The guest program's own exit status; null when the engine could not tell.</param>
/// <param name="Fault">One line when the engine or the guest broke (refused, panicked, was killed); null for an ordinary end.</param>
public sealed record InstanceEnd(int? ExitStatus, string? Fault);

/// <summary>
/// An engine that starts guests. Everything that <see cref="RunAsync"/> starts has ended and is released when it returns, whether it
/// succeeds, throws or is cancelled (a deadline or Ctrl-C). It throws <see cref="TargetException"/> with one line for what went wrong.
/// </summary>
public interface ITarget : IAsyncDisposable
{
    TargetName Name { get; }

    Acceleration Acceleration { get; }

    /// <summary>What separates a guest from the host.</summary>
    Isolation Isolation { get; }

    /// <summary>The kinds of <see cref="Launch.Link"/> that it can plug in.</summary>
    LinkKinds Links => LinkKinds.None;

    /// <summary>The kinds of <see cref="Launch.Disk"/> that it can give its guests.</summary>
    DiskKinds Disks => DiskKinds.None;

    /// <summary>Where a guest finds a disk: the directory or block device that its program is told.</summary>
    string DiskPath(GuestDisk disk) => disk switch
    {
        ImageDisk { IsScsi: true } => "/dev/sda",
        ImageDisk => "/dev/vda",
        _ => GuestDisk.MountPoint,
    };

    /// <summary>Why this guest program cannot run here at all, one line; null when it can.</summary>
    string? WhyNot(string implementation) => null;

    /// <summary>Looks, within a second, whether all is there that the engine takes. Starts no guest and no daemon.</summary>
    Task<Availability> FindAsync(CancellationToken cancellation);

    /// <summary>Tries the engine for real, quickly (seconds), leaving nothing behind.</summary>
    Task<Availability> TryAsync(CancellationToken cancellation);

    /// <summary>Does once what all launches share (start a daemon, load an image); not part of any measurement.</summary>
    Task PrepareAsync(IReadOnlyList<GuestProgram> programs, CancellationToken cancellation);

    /// <summary>Starts an instance, hands on what it prints, waits until it ends, and releases it.</summary>
    Task<InstanceEnd> RunAsync(Launch launch, IGuestConsole console, CancellationToken cancellation);
}

/// <summary>A target could not do what it was asked; the message is one line: what, why, what to do next.</summary>
public sealed class TargetException : Exception
{
    public TargetException()
    {
    }

    public TargetException(string message)
        : base(message)
    {
    }

    public TargetException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
