using VirtualBench.Libvirt;

namespace VirtualBench.Targets.VirtualMachines;

/// <summary>One virtual machine from its creation to its end. Everything in it blocks, and runs on one thread.</summary>
internal sealed class VirtualMachineInstance(Connection connection, IVirtualMachineConsole port, string xml, GuestConsoleEnd end)
{
    private const int BufferBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private bool _resumed;
    private string? _stopped;

    /// <returns>When the machine is gone and nothing of it is left.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the machine is gone.</exception>
    /// <exception cref="LibvirtException">It could not be started, or lost on the way.</exception>
    public InstanceEnd Run(IGuestConsole console, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();

        // Paused until its console is open, so that no byte is lost.
        using var domain = connection.Create(xml, StartOptions.Paused);
        console.Phase("accepted");
        try
        {
            using var stopWatch = connection.SubscribeLifecycle(change => OnChange(domain, change), domain);
            port.Attach(connection, domain);

            // Ends the wait for bytes too: the console's other end closes.
            using var ending = cancellation.UnsafeRegister(_ => Destroy(domain), null);
            console.Phase("started");

            // Beside the reading, not before it: QEMU answers nobody while a guest waits for room on its console, and a fast one fills it
            // before the answer to this. (A UART's bytes go out one by one; a socket holds some 280 of those.)
            var resuming = Task.Factory.StartNew(
                () => Resume(domain), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var isSilent = true;
            try
            {
                var buffer = new byte[BufferBytes];
                for (int count; !end.IsOver && (count = port.Receive(buffer)) > 0; isSilent = false)
                {
                    console.Receive(buffer.AsSpan(0, count));
                    end.Receive(buffer.AsSpan(0, count));
                }
            }
            finally
            {
                // Also when the console threw: nobody waits for an answer that cannot come.
                Destroy(domain);
                resuming.Wait(CancellationToken.None);
            }

            if (isSilent && resuming.Result is { } refusal)
            {
                throw refusal;
            }
        }
        catch (LibvirtException) when (cancellation.IsCancellationRequested)
        {
            // Destroyed while it was being started; the cancellation says it better.
        }
        finally
        {
            // Also when the console threw. libvirt returns when the process has ended and its files are removed.
            Destroy(domain);
        }

        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return end.Conclude(_stopped ?? "the guest stopped before its program had ended: it crashed, or had too little memory");
        }
    }

    /// <summary>
    /// QEMU stops a guest that it cannot go on with (a KVM internal error) and waits to be asked why: that guest would hang.
    /// </summary>
    private void OnChange(Domain domain, LifecycleEvent change)
    {
        if (change.DomainUuid != domain.Uuid)
        {
            return;
        }

        lock (_gate)
        {
            if (change.Change == LifecycleChange.Resumed)
            {
                _resumed = true;
                return;
            }

            if (!_resumed || change.Change is not (LifecycleChange.Suspended or LifecycleChange.Crashed))
            {
                return;
            }

            _stopped ??= "QEMU stopped the guest: the processor met an instruction that it could not run";
        }

        // Not here: the driver's own work waits for the thread that delivers events.
        ThreadPool.UnsafeQueueUserWorkItem(_ => Destroy(domain), null);
    }

    /// <returns>Why it would not go on: of a guest that has ended meanwhile that is no news.</returns>
    private static LibvirtException? Resume(Domain domain)
    {
        try
        {
            domain.Resume();
            return null;
        }
        catch (LibvirtException e)
        {
            Destroy(domain);
            return e;
        }
    }

    private static void Destroy(Domain domain)
    {
        try
        {
            domain.Destroy();
        }
        catch (LibvirtException e) when (e.Code is ErrorCode.NoDomain or ErrorCode.OperationInvalid)
        {
            // It ended by itself.
        }
        catch (ObjectDisposedException)
        {
            // Someone else destroyed it, and let go.
        }
    }
}
