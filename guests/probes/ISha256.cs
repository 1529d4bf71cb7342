namespace VirtualBench.Probes;

/// <summary>A way to compute the compression function of SHA-256 (FIPS 180-4, section 6.2.2).</summary>
internal unsafe interface ISha256
{
    /// <summary>Works <paramref name="blocks"/> blocks of 64 bytes into the eight words of <paramref name="state"/>.</summary>
    static abstract void Compress(uint* state, byte* data, nint blocks);
}
