namespace VirtualBench.Reports.Html;

/// <summary>What a paper or the user claims, and what this run says of it.</summary>
internal static class ClaimsSection
{
    public static Markup Render(ReportDocument report) => Markup.If(report.Claims.Count > 0, Markup.Of($"""
        <section id="claims"><h2>Claims</h2>
        {Markup.Join(report.Claims.GroupBy(c => c.Source).Select(Source))}</section>

        """));

    private static Markup Source(IGrouping<string, ReportClaim> claims) => Markup.Of($"""
        <p class="dim">{claims.Key}</p>
        {HtmlTable.Of(["claim", "statement", "condition", "outcome", "because"], [.. claims.Select(Row)])}
        """);

    private static IReadOnlyList<HtmlCell> Row(ReportClaim claim) =>
    [
        HtmlCell.Of(claim.Id),
        new HtmlCell(Markup.Of($"{claim.Statement}<small>{claim.Reading}</small>")),
        HtmlCell.Of(claim.Condition),
        new HtmlCell(Markup.Of($"<span class=\"outcome {claim.Outcome}\">{Name(claim.Outcome)}</span>")),
        new HtmlCell(Markup.Of($"{claim.Reason}{Markup.Join(claim.Evidence.Where(e => e.Ratio is not null).Select(Evidence))}")),
    ];

    private static Markup Evidence(ReportEvidence evidence) => Markup.Of(
        $"<small>{Markup.If(!evidence.Judged, new Markup("shown, not judged: "))}{evidence.What}: {Text.Ratio(evidence.Ratio!.Value)} {
        ReportMatrix.Interval(evidence.RatioCi95, Text.Ratio)}</small>");

    /// <summary>As people read it.</summary>
    internal static string Name(string outcome) => outcome == "not-testable" ? "not testable here" : outcome;
}
