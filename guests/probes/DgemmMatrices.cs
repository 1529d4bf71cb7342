namespace VirtualBench.Probes;

/// <summary>The state of cpu.dgemm; what it points to follows it.</summary>
internal unsafe struct DgemmMatrices
{
    public int N;
    public long Operations;
    public nuint Bytes; // of all this
    public double* A;
    public double* B;
    public double* C;
    public double* PackedA;
    public double* PackedB;
    public double* Check; // three vectors of N
}
