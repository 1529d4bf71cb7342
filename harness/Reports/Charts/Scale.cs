using System.Globalization;

namespace VirtualBench.Reports.Charts;

/// <summary>Takes values to positions on a page, evenly or by their logarithm.</summary>
/// <param name="Least">Value at <paramref name="From"/>.</param>
/// <param name="Greatest">Value at <paramref name="To"/>.</param>
public sealed record Scale(double Least, double Greatest, double From, double To, bool Logarithmic)
{
    /// <summary>Holds all values with some air around them; on a logarithmic scale only positive ones count.</summary>
    public static Scale Around(IEnumerable<double> values, double from, double to, bool logarithmic)
    {
        var usable = values.Where(v => double.IsFinite(v) && (!logarithmic || v > 0)).ToList();
        if (usable.Count == 0)
        {
            return new Scale(1, 10, from, to, logarithmic);
        }

        var (least, greatest) = (usable.Min(), usable.Max());
        if (logarithmic)
        {
            var air = Math.Max(Math.Pow(greatest / least, 0.06), 1.01);
            return new Scale(least / air, greatest * air, from, to, true);
        }

        return new Scale(Math.Min(0, least), greatest <= 0 ? 1 : greatest * 1.02, from, to, false);
    }

    public double At(double value)
    {
        var share = Logarithmic
            ? Math.Log(value / Least) / Math.Log(Greatest / Least)
            : (value - Least) / (Greatest - Least);
        return From + (Math.Clamp(share, 0, 1) * (To - From));
    }

    /// <summary>Round values between the ends, at most about <paramref name="most"/>.</summary>
    public IReadOnlyList<double> Ticks(int most)
    {
        if (!Logarithmic || Greatest / Least < 4)
        {
            return Even(most);
        }

        double[][] choices = [[1, 2, 5], [1, 3], [1]];
        foreach (var multiples in choices)
        {
            var ticks = Decades(1).SelectMany(d => multiples.Select(m => d * m)).Where(Holds).ToList();
            if (ticks.Count <= most)
            {
                return ticks;
            }
        }

        var decades = Math.Log10(Greatest / Least);
        return [.. Decades((int)Math.Ceiling(decades / most)).Where(Holds)];
    }

    /// <summary>As an axis shows it: no more digits than it takes, thousands as k, M and G.</summary>
    public static string Label(double value)
    {
        var magnitude = Math.Abs(value);
        var (divisor, suffix) = magnitude >= 1e9 ? (1e9, "G") : magnitude >= 1e6 ? (1e6, "M") : magnitude >= 1e4 ? (1e3, "k") : (1.0, "");
        return (value / divisor).ToString("0.######", CultureInfo.InvariantCulture) + suffix;
    }

    private bool Holds(double value) => value >= Least * (1 - 1e-9) && value <= Greatest * (1 + 1e-9);

    private IEnumerable<double> Decades(int step)
    {
        for (var exponent = (int)Math.Floor(Math.Log10(Least)); Math.Pow(10, exponent) <= Greatest; exponent += step)
        {
            yield return Math.Pow(10, exponent);
        }
    }

    private List<double> Even(int most)
    {
        var rough = (Greatest - Least) / most;
        var decade = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = decade * (rough / decade is var r && r <= 1 ? 1 : r <= 2 ? 2 : r <= 5 ? 5 : 10);
        var ticks = new List<double>();
        for (var n = Math.Ceiling(Least / step); n * step <= Greatest * (1 + 1e-9); n++)
        {
            ticks.Add(Math.Round(n * step, 12));
        }

        return ticks;
    }
}
