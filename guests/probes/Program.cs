using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using VirtualBench.Probes;
using VirtualBench.Probes.Interop;

// Everything between here and the engine's first line counts as boot time, so it is no more than the conversion of the arguments.
unsafe
{
    ReadOnlySpan<Probe> probes =
    [

        CpuPrimes.Probe, CpuFma.Probe, CpuDgemm.Probe, CpuSha256.Probe, CpuSort.Probe,
        MemCopy.Probe, MemScale.Probe, MemAdd.Probe, MemTriad.Probe, MemRandom.Probe, OsClock.Probe,
    ];
    fixed (Probe* first = probes)
    {
        Probe** table = stackalloc Probe*[probes.Length];
        for (int i = 0; i < probes.Length; i++)
        {
            table[i] = first + i;
        }

        byte** argv = (byte**)NativeMemory.Alloc((nuint)args.Length + 1, (nuint)sizeof(byte*));
        argv[0] = Engine.Pointer("vbprobe-cs"u8);
        for (int i = 0; i < args.Length; i++)
        {
            argv[i + 1] = Utf8StringMarshaller.ConvertToUnmanaged(args[i]);
        }
        return Engine.Run(args.Length + 1, argv, Engine.Pointer("cs"u8), Engine.BuildHash(), table, probes.Length);
    }
}
