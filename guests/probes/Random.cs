namespace VirtualBench.Probes;

/// <summary>
/// Fixed pseudo-random numbers for inputs: splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
/// </summary>
internal struct Random(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next number, any of 2^64.</summary>
    public ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
