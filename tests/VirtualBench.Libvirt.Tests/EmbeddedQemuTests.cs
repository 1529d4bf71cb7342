using System.Collections.Concurrent;
using System.Diagnostics;

namespace VirtualBench.Libvirt.Tests;

/// <summary>A real QEMU, started by the driver inside this process.</summary>
[Collection(EmbeddedQemuCollection.Name)]
public sealed class EmbeddedQemuTests(EmbeddedQemu qemu)
{
    private readonly Connection _connection = qemu.Require();

    [Fact]
    public void It_knows_its_versions_and_what_it_can_run()
    {
        Assert.Equal("QEMU", _connection.DriverType);
        Assert.True(_connection.HypervisorVersion >= new Version(4, 0, 0));
        Assert.Contains("<arch>x86_64</arch>", _connection.GetDomainCapabilitiesXml("x86_64", "pc", "qemu"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_console_loses_nothing()
    {
        const int Bytes = 300_000;
        var name = "lossless";
        using var domain = _connection.Create(
            TinyGuest.DomainXml(name, TinyGuest.Write(qemu.ScratchDirectory, Bytes)), StartOptions.Paused);
        using var console = _connection.OpenStream();
        EmbeddedDriver.OpenConsole(domain, console);
        domain.Resume();

        var received = ReadToEnd(console, Bytes);
        domain.Destroy();

        Assert.Equal(Bytes, received.Length);
        for (var i = 0; i < Bytes; i++)
        {
            Assert.True(received[i] == TinyGuest.Printed(i), $"byte {i} is {received[i]}, not {TinyGuest.Printed(i)}");
        }
    }

    [Fact]
    public void Events_tell_of_start_and_power_off()
    {
        var events = new BlockingCollection<LifecycleEvent>();
        using var subscription = _connection.SubscribeLifecycle(events.Add);
        using var domain = _connection.Create(
            TinyGuest.DomainXml("events", TinyGuest.Write(qemu.ScratchDirectory, 10, powerOff: true)), StartOptions.Paused);
        domain.Resume();

        var seen = new List<LifecycleEvent>();
        while (seen.All(e => e.Change != LifecycleChange.Stopped))
        {
            Assert.True(events.TryTake(out var next, TimeSpan.FromSeconds(20)), "the end was not told; seen: " + string.Join(", ", seen));
            if (next.DomainUuid == domain.Uuid)
            {
                seen.Add(next);
            }
        }

        Assert.Equal(LifecycleChange.Started, seen[0].Change);
        Assert.Contains(seen, e => e.Change == LifecycleChange.Resumed);
        Assert.Equal(0, seen[^1].Detail); // shut down, by itself
    }

    [Fact]
    public async Task Destroying_a_domain_ends_a_reader_that_waits()
    {
        using var domain = _connection.Create(
            TinyGuest.DomainXml("mute", TinyGuest.Write(qemu.ScratchDirectory, 0)), StartOptions.Paused);
        using var console = _connection.OpenStream();
        EmbeddedDriver.OpenConsole(domain, console);
        domain.Resume();
        var reading = Task.Run(() => ReadToEnd(console, 10), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(reading.IsCompleted);

        domain.Destroy();

        Assert.Empty(await reading.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Destroying_a_domain_leaves_no_process()
    {
        using var domain = _connection.Create(TinyGuest.DomainXml("destroyed", TinyGuest.Write(qemu.ScratchDirectory, 0)));
        var process = EmulatorProcess("destroyed");
        Assert.Equal(DomainState.Running, domain.Status.State);

        var began = Stopwatch.StartNew();
        domain.Destroy();

        Assert.True(began.Elapsed < TimeSpan.FromSeconds(1.5), $"it took {began.Elapsed}");
        Assert.Equal(ErrorCode.NoDomain, Assert.Throws<LibvirtException>(() => _connection.FindDomain(domain.Uuid)).Code);
        Assert.False(Directory.Exists($"/proc/{process}"), "QEMU still runs");
    }

    [Fact]
    public void A_lock_that_a_killed_process_left_does_not_matter()
    {
        using var domain = _connection.Create(
            TinyGuest.DomainXml("locked", TinyGuest.Write(qemu.ScratchDirectory, 10)), StartOptions.Paused);
        try
        {
            // Held by init, which always lives, and is not us.
            var lockFile = EmbeddedDriver.ConsoleLock(domain.Xml);
            File.WriteAllText(lockFile, "         1\n");
            using var refused = _connection.OpenStream();
            Assert.Contains("lock", Assert.Throws<LibvirtException>(() => domain.OpenConsole(refused)).Message, StringComparison.Ordinal);

            using var console = _connection.OpenStream();
            EmbeddedDriver.OpenConsole(domain, console);
            Assert.False(File.Exists(lockFile));
            domain.Resume();
            Assert.Equal(10, ReadToEnd(console, 10).Length);
        }
        finally
        {
            EmbeddedQemu.DestroyIfThere(domain);
        }
    }

    [Fact]
    public void Tying_a_domain_to_its_connection_is_refused()
    {
        var error = Assert.Throws<LibvirtException>(() => _connection.Create(
            TinyGuest.DomainXml("along", TinyGuest.Write(qemu.ScratchDirectory, 0)), StartOptions.AutoDestroy));
        Assert.Contains("autodestroy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_running_guest_is_counted()
    {
        using var domain = _connection.Create(
            TinyGuest.DomainXml("counted", TinyGuest.Write(qemu.ScratchDirectory, 0)));
        try
        {
            Assert.True(domain.Info.CpuTimeNs > 0);
            Assert.Equal((16L << 20, 1), (domain.Info.MemoryBytes, domain.Info.VirtualCpus));
            Assert.True(domain.GetMemoryStatistics()[MemoryStatistic.ResidentSet] > 1024);
        }
        finally
        {
            domain.Destroy();
        }
    }

    [Fact]
    public void A_kernel_that_does_not_exist_fails_with_qemus_own_words()
    {
        var error = Assert.Throws<LibvirtException>(
            () => _connection.Create(TinyGuest.DomainXml("absent", "/nonexistent/kernel")));
        Assert.Contains("/nonexistent/kernel", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static byte[] ReadToEnd(Stream console, int limit)
    {
        using var received = new MemoryStream();
        var buffer = new byte[4096];
        while (received.Length < limit && console.Receive(buffer) is var count && count > 0)
        {
            received.Write(buffer, 0, count);
        }

        return received.ToArray();
    }

    /// <summary>The process whose command line names the domain.</summary>
    private static int EmulatorProcess(string domain) =>
        Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0)
            .First(id => id > 0 && CommandLine(id).Contains($"guest={domain},", StringComparison.Ordinal));

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it ended meanwhile
        }
    }
}
