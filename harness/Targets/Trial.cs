namespace VirtualBench.Targets;

/// <summary>
/// How a target tries its engine: by starting our own guest program with <c>--list</c>, the least that proves the way there and back.
/// </summary>
internal static class Trial
{
    private const long ProcessMemoryBytes = 64 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <param name="findEngine">Whether the engine is there at all, and its version; what it throws as TargetException is a reason
    /// too.</param>
    /// <param name="memoryBytes">What the engine needs for so small a program.</param>
    /// <param name="within">How long all of it may take; null: 20 s.</param>
    public static async Task<Availability> RunAsync(
        ITarget target, TargetSession session, Func<CancellationToken, Task<Availability>> findEngine, CancellationToken cancellation,
        long memoryBytes = ProcessMemoryBytes, TimeSpan? within = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(within ?? Limit);
        Availability found = new(false, null);
        try
        {
            found = await findEngine(limit.Token).ConfigureAwait(false);
            if (!found.Usable)
            {
                return found;
            }

            if (session.FindProgram("c", target.Name.Architecture) is not { } program)
            {
                var architecture = TargetName.ArchitectureName(target.Name.Architecture);
                return found with
                {
                    Usable = false,
                    Reason = $"the guest program for {architecture} has not been built",
                    Remedy = target.Name.IsForeign ? "./build.sh cross" : "./build.sh build",
                };
            }

            await target.PrepareAsync([program], limit.Token).ConfigureAwait(false);
            var scratch = session.NewScratchDirectory("try");
            var console = new TextConsole();
            var launch =
                new Launch(program, ["--list"], new Resources(1, memoryBytes, []), session.Label(Path.GetFileName(scratch)), scratch);
            var end = await target.RunAsync(launch, console, limit.Token).ConfigureAwait(false);
            Directory.Delete(scratch, recursive: true);
            return end switch
            {
                { Fault: { } fault } => found with { Usable = false, Reason = fault },
                { ExitStatus: not 0 } => found with { Usable = false, Reason = $"a trial guest ended with status {end.ExitStatus}" },
                _ when console.Text.Length == 0 => found with { Usable = false, Reason = "a trial guest printed nothing" },
                _ => found,
            };
        }
        catch (TargetException exception)
        {
            return found with { Usable = false, Reason = exception.Message };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return found with { Usable = false, Reason = $"a trial guest did not end within {(within ?? Limit).TotalSeconds} s" };
        }
    }
}
