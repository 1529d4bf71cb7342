namespace VirtualBench.Libvirt.Tests;

public sealed class CpuMapTests
{
    [Fact]
    public void Bits_stand_where_libvirt_wants_them() =>
        Assert.Equal([0b0000_0101, 0b1000_0000], CpuMap.Encode([0, 2, 15]));

    [Fact]
    public void Decoding_undoes_encoding()
    {
        int[] cpus = [0, 7, 8, 63, 64, 1023];
        Assert.Equal(cpus, CpuMap.Decode(CpuMap.Encode(cpus)));
    }
}
