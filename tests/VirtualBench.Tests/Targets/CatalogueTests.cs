using VirtualBench.Guests;
using VirtualBench.Targets;
using VirtualBench.Targets.Containers;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Tests.Targets;

/// <summary>Names of targets, and what the host says in files.</summary>
public sealed class CatalogueTests
{
    [Theory]
    [InlineData("native")]
    [InlineData("docker:crun")]
    [InlineData("oci:/usr/sbin/runc")]
    [InlineData("oci:runc@arm64")]
    public void Takes_what_it_has(string name) => Assert.Equal(name, TargetCatalogue.Standard.Parse(name).ToString());

    [Theory]
    [InlineData("dokcer", "did you mean docker")]
    [InlineData("crun", "oci:crun")]
    [InlineData("nativ", "did you mean native")]
    [InlineData("zzzzzzzzz", "there are native")]
    [InlineData("", "is no target")]
    [InlineData("Docker!", "is no target")]
    [InlineData("bad\nline", "is no target")]
    public void Says_what_it_has_instead(string name, string hint)
    {
        var exception = Assert.Throws<TargetException>(() => TargetCatalogue.Standard.Parse(name));
        Assert.Contains(hint, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Takes_engines_of_the_users_but_no_name_twice()
    {
        var mine = new TargetKind("mine", "of my own", ["mine"], (name, session) => new NativeTarget(name, session));
        var catalogue = TargetCatalogue.Standard.With([mine]);
        Assert.Equal("mine:fast", catalogue.Parse("mine:fast").ToString());
        Assert.Null(catalogue.WhyUnknown(catalogue.Parse("native")));
        Assert.Contains("mine", catalogue.Names.Select(name => name.ToString()));
        Assert.Contains(
            "already is an engine 'docker'",
            Assert.Throws<TargetException>(() => TargetCatalogue.Standard.With([mine with { Engine = "docker" }])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Says_in_one_line_what_isolates()
    {
        Assert.Equal("none; a process", new Isolation(IsolationLayers.None, "a process").ToString());
        var container = new Isolation(Isolation.Namespaces | IsolationLayers.Cgroup);
        Assert.Equal("mount, pid, net, ipc, uts, cgroup", container.ToString());
        Assert.Equal(["kernel", "hardware"], new Isolation(IsolationLayers.Hardware | IsolationLayers.Kernel).Names);
    }

    [Theory]
    [InlineData("enabled\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: POCF\noffset 0\nmagic 7f45\n", null)]
    [InlineData("enabled\ninterpreter /usr/bin/qemu-aarch64-static\nflags: \noffset 0\n", "lacks the F flag")]
    [InlineData("disabled\ninterpreter /usr/bin/qemu-aarch64-static\nflags: F\n", "disabled")]
    [InlineData(null, "has no qemu-aarch64")]
    public void Reads_whether_the_kernel_translates_in_containers(string? entry, string? reason)
    {
        var whyNot = EmulatorRegistration.WhyNot("qemu-aarch64", entry);
        if (reason is null)
        {
            Assert.Null(whyNot);
        }
        else
        {
            Assert.Contains(reason, whyNot, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Reads_where_control_groups_are()
    {
        string[] hybrid =
        [
            "tmpfs /sys/fs/cgroup tmpfs rw 0 0", "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0",
            "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0", "",
        ];
        Assert.Equal([("/sys/fs/cgroup/cpu", 1), ("/sys/fs/cgroup/unified", 2)], ControlGroups.Parse(hybrid));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(3, null)]
    [InlineData(128, null)]
    [InlineData(137, 9)]
    [InlineData(139, 11)]
    [InlineData(255, null)]
    public void Tells_a_signal_from_a_status(int status, int? signal) => Assert.Equal(signal, SignalName.InStatus(status));

    [Theory]
    [InlineData("nr_free 7\noom_kill 12\noom_killer 3", 12)]
    [InlineData("nr_free 7", 0)]
    public void Reads_how_often_memory_ran_out(string vmstat, long kills) => Assert.Equal(kills, OutOfMemory.KillsIn(vmstat.Split('\n')));

    [Fact]
    public void Gives_a_quota_only_where_the_processors_do_not_limit()
    {
        Assert.Null(ProcessorQuota.Of(new Resources(1, 1, [0])));
        Assert.Equal(1, ProcessorQuota.Of(new Resources(1, 1, [0, 1])));
        Assert.Null(ProcessorQuota.Of(new Resources(Environment.ProcessorCount, 1, [])));
    }

    [Fact]
    public void A_scratch_directory_lives_as_long_as_its_run()
    {
        var run = $"scratch{Guid.NewGuid():N}"[..16];
        using (RunScratch.Create(run))
        {
            Assert.True(Assert.Single(RunScratch.FindAll(), scratch => scratch.Run == run).Lives);
            Assert.Throws<TargetException>(() => RunScratch.Create(run));
        }

        Assert.DoesNotContain(RunScratch.FindAll(), scratch => scratch.Run == run);
    }
}
