using VirtualBench.Campaign;
using VirtualBench.Host;
using VirtualBench.Plan;

namespace VirtualBench.SelfCheck;

/// <summary>
/// Disturbs the host from half way through a campaign on: whatever was measured by then had the host to itself, the rest has to share it.
/// What a campaign's order of trials makes of that is the question.
/// </summary>
/// <param name="inner">Who watches.</param>
/// <param name="disturb">Begins the disturbance; its result ends it.</param>
internal sealed class DisturbedProgress(ICampaignProgress inner, Func<IDisposable> disturb) : ICampaignProgress, IDisposable
{
    private int _trials;
    private int _begun;
    private IDisposable? _disturbance;

    /// <summary>
    /// As much work as the host has CPUs. With less of it the scheduler keeps it away from a guest, and little is disturbed.
    /// </summary>
    public static DisturbedProgress WithBusyCpus(ICampaignProgress inner) => new(inner, () => new CpuLoad(CpuList.Allowed().Count));

    public void Began(CampaignPlan plan, int trialsDone)
    {
        _trials = plan.Trials.Count;
        inner.Began(plan, trialsDone);
    }

    public void TrialStarted(PlannedTrial trial, int attempt)
    {
        // A repeated trial is no step forward.
        _begun += attempt == 1 ? 1 : 0;
        if (2 * _begun > _trials)
        {
            _disturbance ??= disturb();
        }

        inner.TrialStarted(trial, attempt);
    }

    public void ProbeStarted(string probe) => inner.ProbeStarted(probe);

    public void TrialEnded(TrialRecord record, TimeSpan? remaining) => inner.TrialEnded(record, remaining);

    public void Say(string line) => inner.Say(line);

    public void Ended()
    {
        Dispose();
        inner.Ended();
    }

    public void Dispose()
    {
        _disturbance?.Dispose();
        _disturbance = null;
    }
}
