using System.Xml.Linq;
using VirtualBench.Guests;
using VirtualBench.Targets;
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

    private static XElement Describe(VirtualMachineModel model, Resources resources, string kernel = "/k") =>
        XElement.Parse(model.DomainXml(
            "/usr/bin/qemu", "virtualbench-1-1", resources, new MachineBoot(kernel, "/i", "console=ttyS0"),
            VirtualMachineModel.SocketSource("/s")));
}
