namespace VirtualBench.Probes;

/// <summary>STREAM's three arrays.</summary>
[Flags]
internal enum StreamUse
{
    /// <summary>No array.</summary>
    None = 0,

    /// <summary>Array a.</summary>
    A = 1,

    /// <summary>Array b.</summary>
    B = 2,

    /// <summary>Array c.</summary>
    C = 4,
}

/// <summary>The state of a STREAM probe; the arrays follow it.</summary>
internal unsafe struct StreamArrays
{
    /// <summary>STREAM's factor.</summary>
    public const double Scalar = 3;

    public double* A;
    public double* B;
    public double* C;
    public double* Target; // the one of them that is written
    public double Factor; // Scalar, where the compiler cannot see it
    public nint Count; // doubles in each
    public nuint Bytes; // of all this
    public bool IsStreaming;

    // Small whole numbers, so that every result is exact; with periods of their own, so that a wrong index shows.
    public static double InputA(long i) => i & 1023;

    public static double InputB(long i) => i % 769;

    public static double InputC(long i) => i % 509;
}
