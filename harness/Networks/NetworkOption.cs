using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtualBench.Networks;

/// <summary>A setting of a network that the user may choose: <c>--network-option NETWORK.NAME=VALUE</c>.</summary>
/// <param name="Default">Its value when the user chooses none; empty: see <paramref name="Description"/>.</param>
/// <param name="Description">One line, with the unit.</param>
/// <param name="Values">What it takes, for people.</param>
/// <param name="Accepts">Whether a text is a value.</param>
public sealed partial record NetworkOption(string Name, string Default, string Description, string Values, Func<string, bool> Accepts)
{
    /// <summary>The words of an option that is on or off.</summary>
    public const string Yes = "yes";
    public const string No = "no";

    public static NetworkOption Switch(string name, bool isOn, string description) =>
        OneOf(name, isOn ? Yes : No, description, Yes, No);

    /// <summary>The first value is not by itself the default.</summary>
    public static NetworkOption OneOf(string name, string @default, string description, params string[] values) =>
        new(name, @default, description, string.Join(" or ", values), values.Contains);

    /// <summary>A whole number.</summary>
    public static NetworkOption Number(string name, int @default, string description, int least, int most) => new(
        name, @default.ToString(CultureInfo.InvariantCulture), description, FormattableString.Invariant($"{least} to {most}"),
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most);

    /// <summary>A set of processors as a number, bit 0 for processor 0; by default there is none.</summary>
    public static NetworkOption CpuMask(string name, string description) => new(
        name, "", description, "a mask such as 0x3", text => Mask().IsMatch(text) && CpusOf(text).Count > 0);

    /// <summary>The processors of a mask.</summary>
    public static IReadOnlyList<int> CpusOf(string mask)
    {
        var bits = UInt64.Parse(mask.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(0, 64).Where(cpu => (bits >> cpu & 1) != 0)];
    }

    [GeneratedRegex(@"\A0x[0-9a-fA-F]{1,16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Mask();
}
