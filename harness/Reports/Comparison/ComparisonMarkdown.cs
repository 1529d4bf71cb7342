using System.Globalization;
using System.Text;

namespace VirtualBench.Reports.Comparison;

/// <summary>The comparison as GitHub-flavoured Markdown, for a job's summary or a comment.</summary>
public static class ComparisonMarkdown
{
    public static string Render(ComparisonDocument comparison)
    {
        var page = new StringBuilder();
        void Line(FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"### VirtualBench: {Text.Markdown(comparison.After.Id)} against {Text.Markdown(comparison.Before.Id)}");
        Line($"");
        Line($"{Text.Markdown(ComparisonText.Summary(comparison))}");
        Line($"");
        Line($"| probe | target | before | after | time ratio, 95 % | verdict | remarks |");
        Line($"|---|---|---:|---:|---:|---|---|");
        foreach (var result in comparison.Results)
        {
            var verdict = result.Verdict is "worse" or "lost" ? $"**{result.Verdict}**" : result.Verdict;
            Line($"| {Text.Markdown($"{result.Probe} ({result.Implementation})")} | {Text.Markdown(result.Target)} | {Text.Markdown(
                ComparisonText.Figure(result.BeforeMedian, result.Unit))} | {Text.Markdown(
                ComparisonText.Figure(result.AfterMedian, result.Unit))} | {Text.Markdown(result.RatioWords)} | {verdict} | {Text.Markdown(result.Remark)} |");
        }

        Line($"");
        Line($"{Text.Markdown(comparison.Legend)}");
        List("Differences between the runs, allowed by name", comparison.Differences.Select(d => d.ToString()));
        List("In one of the runs only", comparison.Unshared);
        return page.ToString();

        void List(string title, IEnumerable<string> items)
        {
            var lines = items.ToList();
            if (lines.Count > 0)
            {
                Line($"");
                Line($"{title}:");
                Line($"");
                lines.ForEach(l => Line($"- {Text.Markdown(l)}"));
            }
        }
    }
}
