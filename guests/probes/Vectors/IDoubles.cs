namespace VirtualBench.Probes.Vectors;

/// <summary>
/// The instructions that a kernel needs on one width of vector. A kernel is written once over this interface and compiled once per
/// width; every member becomes the one instruction that it names. Explicit instructions rather than operators: the compiler has
/// operators of 256 bits only when the whole program is compiled for AVX2.
/// </summary>
/// <typeparam name="TVector">The vector of doubles.</typeparam>
internal unsafe interface IDoubles<TVector>
    where TVector : unmanaged
{
    /// <summary>Doubles in a vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>A vector of one value, read from memory.</summary>
    static abstract TVector Broadcast(double* value);

    /// <summary>Zero in each lane.</summary>
    static abstract TVector Zero { get; }

    /// <summary>A load from any address.</summary>
    static abstract TVector Load(double* address);

    /// <summary>A store to any address.</summary>
    static abstract void Store(double* address, TVector value);

    /// <summary>A store past the caches, to an address that is a multiple of the vector's size.</summary>
    static abstract void StoreStreaming(double* address, TVector value);

    /// <summary>Sum.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Product.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary><paramref name="x"/> * <paramref name="m"/> + <paramref name="b"/>: fused where there is an instruction for it.</summary>
    static abstract TVector MultiplyAdd(TVector x, TVector m, TVector b);
}
