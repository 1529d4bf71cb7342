using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtualBench.Protocol;

/// <summary>The forms a single line of the protocol can have; see vb_protocol.h.</summary>
internal static partial class LineGrammar
{
    public const string Begin = "// BeforeAnythingElse";
    public const string AfterAll = "// AfterAll";
    public const string Main = "// VB: main ";
    public const string Hello = "// VB: hello ";
    public const string Note = "// VB: note ";
    public const string Metric = "// VB: metric ";
    public const string Histogram = "// VB: histogram ";
    public const string Checksum = "// VB: crc=";
    public const string Error = "// VB: error reason=";
    public const string Unsupported = "// VB: unsupported reason=";
    public const string End = "// VB: end ";

    /// <summary>What the first measurement of each section begins with.</summary>
    public const string FirstMeasurement = "OverheadJitting ";

    /// <summary>Reads <c>WorkloadActual   1: 2 op, 123.00 ns, 61.5000 ns/op</c>; null when the line is no measurement.</summary>
    public static Measurement? TryReadMeasurement(string line)
    {
        // Most lines are comments, and the expression would read each of their letters.
        if (!line.StartsWith("Overhead", StringComparison.Ordinal) && !line.StartsWith("Workload", StringComparison.Ordinal))
        {
            return null;
        }

        var match = MeasurementLine().Match(line);
        if (!match.Success ||
            !int.TryParse(match.Groups["index"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ||
            !long.TryParse(match.Groups["operations"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var operations) ||
            !TryReadNumber(match.Groups["ns"].Value, out var nanoseconds) || operations <= 0)
        {
            return null;
        }

        return new Measurement(match.Groups["stage"].Value, index, operations, nanoseconds);
    }

    /// <summary>Reads the <c>name=value</c> words after a prefix. A word without <c>=</c>, or a name twice, makes it null.</summary>
    public static Dictionary<string, string>? TryReadWords(string line, string prefix)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in line[prefix.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !words.TryAdd(word[..equals], word[(equals + 1)..]))
            {
                return null;
            }
        }

        return words;
    }

    /// <summary>A finite decimal number in the invariant form.</summary>
    public static bool TryReadNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    [GeneratedRegex(@"^(?<stage>(Overhead|Workload)(Jitting|Pilot|Warmup|Actual|Result)) *(?<index>[0-9]{1,9}): "
        + @"(?<operations>[0-9]{1,18}) op, (?<ns>[0-9]+(\.[0-9]+)?) ns, ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MeasurementLine();
}
