using System.Globalization;
using System.Text;

namespace VirtualBench.Reports;

/// <summary>report.csv: one record for each result, RFC 4180 with \n at line ends.</summary>
public static class CsvReport
{
    private const string Header =
        "probe,implementation,parameters,target,acceleration,arch,metric,unit,direction," +
        "boots,plannedBoots,attempts,failedAttempts,iterations," +
        "median,ciLow,ciHigh,ratio,ratioLow,ratioHigh,comparison,verdict,guestBinary,state,valid,reason";

    public static string Render(ReportDocument report)
    {
        var targets = report.Targets.ToDictionary(t => t.Id);
        var table = new StringBuilder(Header).Append('\n');
        foreach (var result in report.Results)
        {
            var target = targets[result.Target];
            string[] fields =
            [
                Text.Csv(result.Probe), Text.Csv(result.Implementation),
                Text.Csv(string.Join(';', result.Parameters.Select(p => p.Key + "=" + p.Value))),
                Text.Csv(result.Target), target.Acceleration, target.Arch, Text.Csv(result.Metric), Text.Csv(result.Unit), result.Direction,
                Number(result.Boots), Number(result.PlannedBoots), Number(result.Attempts), Number(result.FailedAttempts),
                Number(result.Iterations),
                Number(result.Median), Number(result.Ci95?[0]), Number(result.Ci95?[1]),
                Number(result.Ratio), Number(result.RatioCi95?[0]), Number(result.RatioCi95?[1]),
                result.Comparison ?? "", result.Verdict, Text.Csv(result.GuestBinary ?? ""), result.State, result.Valid ? "true" : "false",
                Text.Csv(result.Reason ?? ""),
            ];
            table.AppendJoin(',', fields).Append('\n');
        }

        return table.ToString();
    }

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
