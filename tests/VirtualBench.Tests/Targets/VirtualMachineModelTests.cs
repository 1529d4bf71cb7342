using System.Xml.Linq;
using VirtualBench.Guests;
using VirtualBench.Targets;
using VirtualBench.Targets.Disks;
using VirtualBench.Targets.VirtualMachines;

namespace VirtualBench.Tests.Targets;

public sealed class VirtualMachineModelTests
{
    private static readonly Resources TwoOfThem = new(2, 256 << 20, [0, 3]);

    [Fact]
    public void The_machine_has_what_was_asked_and_no_more()
    {
        var xml = Describe(new VirtualMachineModel(GuestArchitecture.X64, Hardware: false), TwoOfThem);
        Assert.Equal("qemu", xml.Attribute("type")!.Value);
        Assert.Equal(("2", "0,3"), (xml.Element("vcpu")!.Value, xml.Element("vcpu")!.Attribute("cpuset")!.Value));
        Assert.Equal("268435456", xml.Element("memory")!.Value);
        Assert.Equal("b", xml.Element("memory")!.Attribute("unit")!.Value);
        Assert.DoesNotContain(
            xml.Element("devices")!.Elements(), device => device.Name.LocalName is "disk" or "interface" or "graphics" or "video");
        Assert.Equal("maximum", xml.Element("cpu")!.Attribute("mode")!.Value);
    }

    [Fact]
    public void Nothing_in_a_name_becomes_markup()
    {
        var xml = Describe(new VirtualMachineModel(GuestArchitecture.X64, Hardware: false), TwoOfThem, "/a&b<c>'d'");
        Assert.Equal("/a&b<c>'d'", xml.Element("os")!.Element("kernel")!.Value);
    }

    [Theory]
    [InlineData(false, "virtio", "vdb")]
    [InlineData(true, "scsi", "sda")]
    public void A_disk_is_used_as_it_was_asked_for(bool isScsi, string bus, string device)
    {
        var xml = Describe(
            new VirtualMachineModel(GuestArchitecture.X64, Hardware: false), TwoOfThem,
            disk: new ImageDisk("/d&d", new ImageOptions("qcow2", "writeback", "io_uring"), isScsi));
        var disk = xml.Element("devices")!.Element("disk")!;
        Assert.Equal("/d&d", disk.Element("source")!.Attribute("file")!.Value);
        Assert.Equal(["qemu", "qcow2", "writeback", "io_uring"], disk.Element("driver")!.Attributes().Select(a => a.Value));
        Assert.Equal([device, bus], disk.Element("target")!.Attributes().Select(a => a.Value));
        Assert.Null(disk.Element("readonly"));
        Assert.Equal(isScsi, xml.Element("devices")!.Elements("controller").Any(c => c.Attribute("model")!.Value == "virtio-scsi"));
    }

    [Fact]
    public void A_shared_directory_has_its_server_and_memory_for_it()
    {
        var xml = Describe(
            new VirtualMachineModel(GuestArchitecture.X64, Hardware: false), TwoOfThem, disk: new VirtiofsDisk("/a&b", "/s"));
        var shared = xml.Element("devices")!.Element("filesystem")!;
        Assert.Equal("/a&b", shared.Element("source")!.Attribute("dir")!.Value);
        Assert.Equal("/s", shared.Element("binary")!.Attribute("path")!.Value);
        Assert.Equal("shared", xml.Element("memoryBacking")!.Element("access")!.Attribute("mode")!.Value);

        var ninep = Describe(new VirtualMachineModel(GuestArchitecture.X64, Hardware: false), TwoOfThem, disk: new NinePDisk("/a"));
        Assert.Equal("squash", ninep.Element("devices")!.Element("filesystem")!.Attribute("accessmode")!.Value);
        Assert.Null(ninep.Element("memoryBacking"));
    }

    [Theory]
    [InlineData(GuestArchitecture.Arm64, false, "qemu", "aarch64", "virt")]
    [InlineData(GuestArchitecture.X64, true, "kvm", "x86_64", "q35")]
    public void Each_architecture_has_its_board(GuestArchitecture architecture, bool hardware, string type, string arch, string machine)
    {
        var xml = Describe(new VirtualMachineModel(architecture, hardware), TwoOfThem with { HostCpus = [] });
        var board = xml.Element("os")!.Element("type")!;
        Assert.Equal(type, xml.Attribute("type")!.Value);
        Assert.Equal((arch, machine), (board.Attribute("arch")!.Value, board.Attribute("machine")!.Value));
        Assert.Null(xml.Element("vcpu")!.Attribute("cpuset"));
    }

    [Theory]
    [InlineData("iterations=512000 nanoseconds=453416602 instructionsPerSecond=2258409\n", true, true)]
    [InlineData("iterations=262144000 nanoseconds=150000000 instructionsPerSecond=3495253333\n", true, false)]
    [InlineData("iterations=1\n", false, false)]
    [InlineData("", false, false)]
    public void A_calibration_is_judged_by_its_rate(string line, bool usable, bool onRequest)
    {
        var availability = VirtualMachineCalibration.Judge(line);
        Assert.Equal((usable, onRequest), (availability.Usable, availability.OnRequest));
        Assert.Equal(usable && !onRequest, availability.Reason is null);
    }

    private static XElement Describe(VirtualMachineModel model, Resources resources, string kernel = "/k", GuestDisk? disk = null) =>
        XElement.Parse(model.DomainXml(
            "/usr/bin/qemu", "virtualbench-1-1", resources, new MachineBoot(kernel, "/i", "console=ttyS0") { Measured = disk },
            VirtualMachineModel.SocketSource("/s")));
}
