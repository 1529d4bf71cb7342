namespace VirtualBench.Probes;

/// <summary>
/// Introsort (Musser, 1997): quicksort on the median of three with a partition that has no branch to mispredict, insertion sort for short
/// runs, heapsort when the recursion gets too deep.
/// </summary>
internal static unsafe class Introsort
{
    private const nint InsertionMax = 24;

    /// <summary>Sorts ascending; <paramref name="depth"/> partitions inside each other at most.</summary>
    public static void Sort(int* values, nint count, int depth)
    {
        while (count > InsertionMax)
        {
            if (depth-- == 0)
            {
                HeapSort(values, count);
                return;
            }
            PlacePivot(values, count);
            nint pivot = Partition(values, count);
            Sort(values + pivot + 1, count - pivot - 1, depth);
            count = pivot;
        }
        InsertionSort(values, count);
    }

    /// <summary>Puts the median of first, middle and last at the end.</summary>
    private static void PlacePivot(int* values, nint count)
    {
        int* low = values, middle = values + (count / 2), high = values + count - 1;
        if (*middle < *low)
        {
            (*middle, *low) = (*low, *middle);
        }
        if (*high < *low)
        {
            (*high, *low) = (*low, *high);
        }
        if (*middle < *high)
        {
            (*middle, *high) = (*high, *middle);
        }
    }

    /// <summary>
    /// Lomuto's partition around the last value: a swap at every step and a conditional increment. Returns the pivot's place.
    /// </summary>
    private static nint Partition(int* values, nint count)
    {
        int pivot = values[count - 1];
        nint smaller = 0;
        for (nint i = 0; i < count - 1; i++)
        {
            int value = values[i];
            values[i] = values[smaller];
            values[smaller] = value;
            smaller += value < pivot ? 1 : 0;
        }
        (values[smaller], values[count - 1]) = (values[count - 1], values[smaller]);
        return smaller;
    }

    private static void InsertionSort(int* values, nint count)
    {
        for (nint i = 1; i < count; i++)
        {
            int value = values[i];
            nint j = i;
            for (; j > 0 && values[j - 1] > value; j--)
            {
                values[j] = values[j - 1];
            }
            values[j] = value;
        }
    }

    private static void HeapSort(int* values, nint count)
    {
        for (nint root = (count / 2) - 1; root >= 0; root--)
        {
            SiftDown(values, root, count);
        }
        for (nint last = count - 1; last > 0; last--)
        {
            (values[0], values[last]) = (values[last], values[0]);
            SiftDown(values, 0, last);
        }
    }

    private static void SiftDown(int* heap, nint root, nint count)
    {
        int value = heap[root];
        for (nint child = (2 * root) + 1; child < count; child = (2 * root) + 1)
        {
            child += child + 1 < count && heap[child + 1] > heap[child] ? 1 : 0;
            if (heap[child] <= value)
            {
                break;
            }
            heap[root] = heap[child];
            root = child;
        }
        heap[root] = value;
    }
}
