using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>A named value whose type libvirt chooses.</summary>
/// <param name="Value">An int, uint, long, ulong, double, bool or string.</param>
public sealed record TypedParameter(string Name, object Value)
{
    /// <summary>The value as a count, whichever integer type carries it.</summary>
    /// <exception cref="InvalidCastException">It is no integer.</exception>
    public ulong Count => Value switch
    {
        int number => (ulong)number,
        uint number => number,
        long number => (ulong)number,
        ulong number => number,
        _ => throw new InvalidCastException($"{Name} is a {Value.GetType().Name}, not a count"),
    };

    /// <summary>Copies an array that a call filled, and frees the strings in it, which are the caller's.</summary>
    internal static unsafe IReadOnlyList<TypedParameter> Take(Span<NativeTypedParameter> filled)
    {
        fixed (NativeTypedParameter* first = filled)
        {
            try
            {
                var parameters = new List<TypedParameter>(filled.Length);
                for (var i = 0; i < filled.Length; i++)
                {
                    if (Read(first + i) is { } value)
                    {
                        parameters.Add(new TypedParameter(LibvirtNative.Borrow(first[i].Field) ?? "", value));
                    }
                }

                return parameters;
            }
            finally
            {
                LibvirtNative.virTypedParamsClear(first, filled.Length);
            }
        }
    }

    /// <summary>Null for an entry that the driver left empty (a processor that is offline).</summary>
    private static unsafe object? Read(NativeTypedParameter* parameter) => parameter->Type switch
    {
        1 => parameter->Value.Int,
        2 => parameter->Value.UInt,
        3 => parameter->Value.Long,
        4 => parameter->Value.ULong,
        5 => parameter->Value.Double,
        6 => parameter->Value.Boolean != 0,
        7 => LibvirtNative.Borrow(parameter->Value.String),
        _ => null,
    };
}
