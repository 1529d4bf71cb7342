using System.Globalization;
using VirtualBench.Campaign;
using VirtualBench.Plan;

namespace VirtualBench.Cli;

/// <summary>
/// A campaign's progress on stderr: one line that is drawn again on a terminal, one line for each block elsewhere. The remaining time comes
/// from what trials of the same target took, and is not shown before there is such a figure.
/// </summary>
internal sealed class ProgressLine(TextWriter output, bool isTerminal) : ICampaignProgress
{
    private CampaignPlan? _plan;
    private int _done;
    private int _failed;
    private int _block;
    private readonly Lock _gate = new();
    private TimeSpan? _remaining;
    private string _trial = "";

    public void Began(CampaignPlan plan, int trialsDone)
    {
        _plan = plan;
        _done = trialsDone;
        Say(string.Create(CultureInfo.InvariantCulture,
            $"{plan.Boots} blocks of {plan.Trials.Count / plan.Boots} trials, {plan.Probes.Count} probes, "
                + $"seed {plan.Seed}{(trialsDone > 0 ? $", {trialsDone} trials done before" : "")}"));
    }

    public void TrialStarted(PlannedTrial trial, int attempt)
    {
        lock (_gate)
        {
            _trial = string.Create(CultureInfo.InvariantCulture,
                $"block {trial.Block}/{_plan!.Boots}  {_done}/{_plan.Trials.Count}  "
                    + $"{trial.TargetId} {trial.Implementation}{(attempt > 1 ? $" attempt {attempt}" : "")}");
            if (isTerminal)
            {
                Draw("starting");
            }
            else if (trial.Block != _block)
            {
                output.WriteLine($"{_trial}  {Left()}");
            }

            _block = trial.Block;
        }
    }

    public void ProbeStarted(string probe)
    {
        lock (_gate)
        {
            if (isTerminal)
            {
                Draw(Protocol.Printable.Line(probe, 30));
            }
        }
    }

    public void TrialEnded(TrialRecord record, TimeSpan? remaining)
    {
        lock (_gate)
        {
            _trial = "";
        }

        _remaining = remaining;
        if (record.Reason is null)
        {
            _done++;
            return;
        }

        _failed++;
        Say(string.Create(CultureInfo.InvariantCulture,
            $"{record.Planned.TargetId} {record.Planned.Implementation}, block {record.Planned.Block}, "
                + $"attempt {record.Attempt} failed: {record.Reason}"));
    }

    public void Say(string line)
    {
        output.WriteLine((isTerminal ? "\r\u001b[K" : "") + Protocol.Printable.Line(line, 400));
    }

    public void Ended()
    {
        if (isTerminal)
        {
            output.Write("\r\u001b[K");
        }
    }

    // What an instance prints after its trial ended is no progress.
    private void Draw(string doing)
    {
        if (_trial.Length > 0)
        {
            output.Write($"\r\u001b[K{_trial}  {doing}  {Left()}");
            output.Flush();
        }
    }

    private string Left()
    {
        var left = _remaining is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"about {Math.Ceiling(time.TotalSeconds):F0} s left")
            : "";
        return _failed > 0 ? string.Create(CultureInfo.InvariantCulture, $"{left}  {_failed} failed") : left;
    }
}
