namespace VirtualBench.Libvirt;

/// <summary>Sets of host processors as libvirt passes them: bit n of byte n / 8, least significant bit first.</summary>
internal static class CpuMap
{
    internal static byte[] Encode(IEnumerable<int> cpus)
    {
        var map = new byte[1];
        foreach (var cpu in cpus)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(cpu, nameof(cpus));
            if (cpu / 8 >= map.Length)
            {
                Array.Resize(ref map, (cpu / 8) + 1);
            }

            map[cpu / 8] |= (byte)(1 << (cpu % 8));
        }

        return map;
    }

    internal static int[] Decode(ReadOnlySpan<byte> map)
    {
        var cpus = new List<int>();
        for (var cpu = 0; cpu < map.Length * 8; cpu++)
        {
            if ((map[cpu / 8] & (1 << (cpu % 8))) != 0)
            {
                cpus.Add(cpu);
            }
        }

        return [.. cpus];
    }
}
