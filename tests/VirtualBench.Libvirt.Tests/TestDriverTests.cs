namespace VirtualBench.Libvirt.Tests;

/// <summary>libvirt's own mock hypervisor: one running domain called "test", everything in memory.</summary>
public sealed class TestDriverTests : IDisposable
{
    private readonly Connection _connection;

    public TestDriverTests()
    {
        Requirements.NeedLibvirt();
        _connection = Connection.Open("test:///default");
    }

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void A_connection_describes_itself()
    {
        Assert.Equal("TEST", _connection.DriverType, ignoreCase: true);
        Assert.Equal("test:///default", _connection.Uri);
        Assert.NotEmpty(_connection.HostName);
        Assert.True(_connection.IsAlive);
        Assert.Equal(LibvirtLibrary.Version, _connection.LibvirtVersion);
        Assert.True(_connection.LibvirtVersion >= new Version(1, 0, 0));
        Assert.Contains("<capabilities>", _connection.CapabilitiesXml, StringComparison.Ordinal);
        Assert.Equal("i686", _connection.Node.Model);
        Assert.Equal(3_145_728L * 1024, _connection.Node.MemoryBytes);
    }

    [Fact]
    public void The_domain_that_is_there_is_found_in_every_way()
    {
        using var listed = Assert.Single(_connection.ListDomains());
        using var byName = _connection.FindDomain("test");
        using var byUuid = _connection.FindDomain(listed.Uuid);
        using var byId = _connection.FindDomain(listed.Id!.Value);
        Assert.Equal(["test", "test", "test", "test"], [listed.Name, byName.Name, byUuid.Name, byId.Name]);
        Assert.Equal(DomainState.Running, byId.Status.State);
    }

    [Fact]
    public void A_domain_is_created_with_descriptors_or_without()
    {
        foreach (int[] descriptors in (int[][])[[], [1, 2]])
        {
            using var domain = _connection.Create(Xml("transient"), descriptors);
            Assert.True(domain.IsActive);
            domain.Destroy();
            Assert.Equal(ErrorCode.NoDomain, Assert.Throws<LibvirtException>(() => _connection.FindDomain("transient")).Code);
        }
    }

    [Fact]
    public void A_defined_domain_goes_through_its_states()
    {
        using var domain = _connection.Define(Xml("states"));
        Assert.Equal(DomainState.Off, domain.Status.State);
        Assert.Null(domain.Id);
        Assert.True(domain.IsPersistent);

        domain.Start();
        Assert.True(domain.IsActive);
        domain.Suspend();
        Assert.Equal(DomainState.Paused, domain.Status.State);
        domain.Resume();
        domain.Shutdown();
        Assert.Equal(DomainState.Off, domain.Status.State);

        domain.Undefine();
        var error = Assert.Throws<LibvirtException>(() => _connection.FindDomain("states"));
        Assert.Equal(ErrorCode.NoDomain, error.Code);
    }

    [Fact]
    public void A_transient_domain_is_gone_when_it_is_destroyed()
    {
        using var domain = _connection.Create(Xml("transient"));
        Assert.False(domain.IsPersistent);
        Assert.Contains("<name>transient</name>", domain.Xml, StringComparison.Ordinal);
        Assert.Equal((64L << 20, 2), (domain.Info.MaximumMemoryBytes, domain.Info.VirtualCpus));

        domain.Destroy();

        Assert.Equal(ErrorCode.NoDomain, Assert.Throws<LibvirtException>(() => _connection.FindDomain(domain.Uuid)).Code);
    }

    [Fact]
    public void Statistics_are_there()
    {
        using var domain = _connection.FindDomain("test");
        var cpu = domain.GetCpuStatistics();
        Assert.Contains(cpu, parameter => parameter.Name == "cpu_time" && parameter.Count > 0);
        Assert.NotEmpty(domain.GetMemoryStatistics());
    }

    [Fact]
    public void Pinning_reads_back_as_it_was_set()
    {
        using var domain = _connection.FindDomain("test");
        domain.PinVirtualCpu(1, [0, 9, 15]);
        domain.PinVirtualCpu(0, [3]);
        var pinning = domain.GetVirtualCpuPinning(2);
        Assert.Equal([3], pinning[0]);
        Assert.Equal([0, 9, 15], pinning[1]);
    }

    [Fact]
    public void Each_of_two_domains_tells_its_own_story_at_the_same_time()
    {
        using var first = _connection.Define(Xml("first"));
        using var second = _connection.Define(Xml("second"));
        var firsts = new System.Collections.Concurrent.BlockingCollection<LifecycleEvent>();
        var seconds = new System.Collections.Concurrent.BlockingCollection<LifecycleEvent>();
        using (_connection.SubscribeLifecycle(firsts.Add, first))
        using (_connection.SubscribeLifecycle(seconds.Add, second))
        {
            second.Start();
            Assert.True(seconds.TryTake(out var change, TimeSpan.FromSeconds(5)));
            Assert.Equal((second.Uuid, LifecycleChange.Started), (change!.DomainUuid, change.Change));
            Assert.Empty(firsts);
            second.Destroy();
        }

        first.Undefine();
        second.Undefine();
    }

    [Fact]
    public void Lifecycle_events_tell_the_story_in_order()
    {
        var events = new System.Collections.Concurrent.BlockingCollection<LifecycleEvent>();
        using (_connection.SubscribeLifecycle(events.Add))
        {
            using var domain = _connection.Define(Xml("story"));
            domain.Start();
            domain.Suspend();
            domain.Resume();
            domain.Destroy();
            domain.Undefine();

            LifecycleChange[] expected =
                [LifecycleChange.Defined, LifecycleChange.Started, LifecycleChange.Suspended,
                 LifecycleChange.Resumed, LifecycleChange.Stopped, LifecycleChange.Undefined];
            foreach (var change in expected)
            {
                Assert.True(events.TryTake(out var next, TimeSpan.FromSeconds(5)), $"no {change} came");
                Assert.Equal((change, "story", domain.Uuid), (next.Change, next.DomainName, next.DomainUuid));
            }
        }

        using var after = _connection.Create(Xml("unheard"));
        Assert.False(events.TryTake(out _, TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    public void A_read_only_connection_refuses_to_change_anything()
    {
        using var reader = Connection.OpenReadOnly("test:///default");
        using var domain = reader.FindDomain("test");
        var error = Assert.Throws<LibvirtException>(() => domain.Destroy());
        Assert.Equal(ErrorCode.OperationDenied, error.Code);
    }

    private static string Xml(string name) => $"""
        <domain type='test'>
          <name>{name}</name><memory unit='MiB'>64</memory><vcpu>2</vcpu><os><type>hvm</type></os>
        </domain>
        """;
}
