using VirtualBench.Probes.Vectors;

namespace VirtualBench.Probes;

/// <summary>One of STREAM's kernels.</summary>
internal unsafe interface IStreamKernel
{
    /// <summary>The arrays that it reads or writes.</summary>
    static abstract StreamUse Uses { get; }

    /// <summary>The array that it writes.</summary>
    static abstract StreamUse Target { get; }

    /// <summary>The vector for index <paramref name="i"/> of the target.</summary>
    static abstract TVector Value<TDoubles, TVector>(double* a, double* b, double* c, TVector scalar, nint i)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged;

    /// <summary>What the target must hold at index <paramref name="i"/>.</summary>
    static abstract double Expected(long i);
}
