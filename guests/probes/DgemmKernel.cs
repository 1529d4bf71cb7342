using System.Runtime.CompilerServices;
using VirtualBench.Probes.Vectors;

namespace VirtualBench.Probes;

/// <summary>
/// Matrix multiplication as the BLAS do it (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008): a block
/// of B and a block of A are packed into panels, and a micro-kernel multiplies two panels with the tile of C in registers. Packing is
/// part of the operation.
/// </summary>
internal static unsafe class DgemmKernel
{
    /// <summary>Depth of the packed panels.</summary>
    public const int Depth = 256;

    /// <summary>Rows of A's packed block: it fits a 256 KiB L2.</summary>
    public const int Rows = 96;

    private const int Columns = 1032; // of B's packed block

    /// <summary>Doubles in both packed blocks.</summary>
    public const int PackedDoubles = (Rows + Columns) * Depth;

    // Two vectors by six columns: twelve sums, two vectors of A, one of B and one product make sixteen registers.
    private const int TileVectors = 2;
    private const int TileColumns = 6;
    private const int TileMax = TileVectors * 8 * TileColumns;

    public static void Run<TDoubles, TVector>(DgemmMatrices* state, nint operations)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        nint n = state->N;
        for (nint operation = 0; operation < operations; operation++)
        {
            for (nint j = 0; j < n; j += Columns)
            {
                int columns = (int)Math.Min(Columns, n - j);
                for (nint k = 0; k < n; k += Depth)
                {
                    int depth = (int)Math.Min(Depth, n - k);
                    PackColumns(state->PackedB, state->B + (j * n) + k, n, columns, depth);
                    for (nint i = 0; i < n; i += Rows)
                    {
                        int rows = (int)Math.Min(Rows, n - i);
                        PackRows<TDoubles, TVector>(state->PackedA, state->A + (k * n) + i, n, rows, depth);
                        MultiplyBlock<TDoubles, TVector>(state, state->C + (j * n) + i, rows, columns, depth);
                    }
                }
            }
        }
        state->Operations += operations;
    }

    /// <summary>
    /// <paramref name="count"/> rows from <paramref name="a"/> on as panels of a tile's rows; rows that do not exist are zero.
    /// </summary>
    private static void PackRows<TDoubles, TVector>(double* to, double* a, nint n, int count, int depth)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        int tileRows = TileVectors * TDoubles.Lanes;
        for (int first = 0; first < count; first += tileRows)
        {
            int rows = Math.Min(tileRows, count - first);
            for (nint k = 0; k < depth; k++, to += tileRows)
            {
                double* from = a + (k * n) + first;
                if (rows == tileRows)
                {
                    TDoubles.Store(to, TDoubles.Load(from));
                    TDoubles.Store(to + TDoubles.Lanes, TDoubles.Load(from + TDoubles.Lanes));
                    continue;
                }
                for (int i = 0; i < tileRows; i++)
                {
                    to[i] = i < rows ? from[i] : 0;
                }
            }
        }
    }

    /// <summary><paramref name="count"/> columns from <paramref name="b"/> on as panels of a tile's columns.</summary>
    private static void PackColumns(double* to, double* b, nint n, int count, int depth)
    {
        for (nint first = 0; first < count; first += TileColumns, to += (nint)depth * TileColumns)
        {
            for (nint j = 0; j < TileColumns; j++)
            {
                double* from = b + ((first + j) * n);
                bool exists = first + j < count;
                for (nint k = 0; k < depth; k++)
                {
                    to[(k * TileColumns) + j] = exists ? from[k] : 0;
                }
            }
        }
    }

    /// <summary>The packed block of A times the packed block of B.</summary>
    private static void MultiplyBlock<TDoubles, TVector>(DgemmMatrices* state, double* c, int rows, int columns, int depth)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        int tileRows = TileVectors * TDoubles.Lanes;
        nint stride = state->N;
        for (nint j = 0; j < columns; j += TileColumns)
        {
            double* b = state->PackedB + (j * depth);
            for (nint i = 0; i < rows; i += tileRows)
            {
                double* a = state->PackedA + (i * depth), tile = c + (j * stride) + i;
                if (i + tileRows <= rows && j + TileColumns <= columns)
                {
                    MultiplyTile<TDoubles, TVector>(tile, stride, a, b, depth);
                }
                else
                {
                    int rowsLeft = (int)Math.Min(tileRows, rows - i), columnsLeft = (int)Math.Min(TileColumns, columns - j);
                    MultiplyEdge<TDoubles, TVector>(tile, stride, a, b, depth, rowsLeft, columnsLeft);
                }
            }
        }
    }

    /// <summary>A tile that sticks out of C: computed aside, and what exists of it added.</summary>
    private static void MultiplyEdge<TDoubles, TVector>(double* c, nint stride, double* a, double* b, int depth, int rows, int columns)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        int tileRows = TileVectors * TDoubles.Lanes;
        double* aside = stackalloc double[TileMax];
        new Span<double>(aside, TileMax).Clear();
        MultiplyTile<TDoubles, TVector>(aside, tileRows, a, b, depth);
        for (nint j = 0; j < columns; j++)
        {
            for (nint i = 0; i < rows; i++)
            {
                c[(j * stride) + i] += aside[(j * tileRows) + i];
            }
        }
    }

    /// <summary>
    /// The tile at <paramref name="c"/> (columns <paramref name="stride"/> apart) += one panel of A times one panel of B.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MultiplyTile<TDoubles, TVector>(double* c, nint stride, double* a, double* b, int depth)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        int lanes = TDoubles.Lanes;
        TVector c0 = TDoubles.Zero, c1 = TDoubles.Zero, c2 = TDoubles.Zero, c3 = TDoubles.Zero, c4 = TDoubles.Zero, c5 = TDoubles.Zero;
        TVector d0 = TDoubles.Zero, d1 = TDoubles.Zero, d2 = TDoubles.Zero, d3 = TDoubles.Zero, d4 = TDoubles.Zero, d5 = TDoubles.Zero;
        for (; depth > 0; depth--, a += TileVectors * lanes, b += TileColumns)
        {
            TVector upper = TDoubles.Load(a), lower = TDoubles.Load(a + lanes);
            TVector column = TDoubles.Broadcast(b);
            c0 = TDoubles.MultiplyAdd(upper, column, c0);
            d0 = TDoubles.MultiplyAdd(lower, column, d0);
            column = TDoubles.Broadcast(b + 1);
            c1 = TDoubles.MultiplyAdd(upper, column, c1);
            d1 = TDoubles.MultiplyAdd(lower, column, d1);
            column = TDoubles.Broadcast(b + 2);
            c2 = TDoubles.MultiplyAdd(upper, column, c2);
            d2 = TDoubles.MultiplyAdd(lower, column, d2);
            column = TDoubles.Broadcast(b + 3);
            c3 = TDoubles.MultiplyAdd(upper, column, c3);
            d3 = TDoubles.MultiplyAdd(lower, column, d3);
            column = TDoubles.Broadcast(b + 4);
            c4 = TDoubles.MultiplyAdd(upper, column, c4);
            d4 = TDoubles.MultiplyAdd(lower, column, d4);
            column = TDoubles.Broadcast(b + 5);
            c5 = TDoubles.MultiplyAdd(upper, column, c5);
            d5 = TDoubles.MultiplyAdd(lower, column, d5);
        }
        AddColumn<TDoubles, TVector>(c, c0, d0);
        AddColumn<TDoubles, TVector>(c + stride, c1, d1);
        AddColumn<TDoubles, TVector>(c + (2 * stride), c2, d2);
        AddColumn<TDoubles, TVector>(c + (3 * stride), c3, d3);
        AddColumn<TDoubles, TVector>(c + (4 * stride), c4, d4);
        AddColumn<TDoubles, TVector>(c + (5 * stride), c5, d5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddColumn<TDoubles, TVector>(double* c, TVector upper, TVector lower)
        where TDoubles : IDoubles<TVector>
        where TVector : unmanaged
    {
        TDoubles.Store(c, TDoubles.Add(TDoubles.Load(c), upper));
        TDoubles.Store(c + TDoubles.Lanes, TDoubles.Add(TDoubles.Load(c + TDoubles.Lanes), lower));
    }
}
