using VirtualBench.Campaign;
using VirtualBench.Plan;

namespace VirtualBench.Tests.Campaign;

/// <summary>Watches a campaign and says nothing.</summary>
internal sealed class Quiet : ICampaignProgress
{
    public void Began(CampaignPlan plan, int trialsDone)
    {
    }

    public void TrialStarted(PlannedTrial trial, int attempt)
    {
    }

    public void TrialEnded(TrialRecord record, TimeSpan? remaining)
    {
    }

    public void Say(string line)
    {
    }

    public void Ended()
    {
    }
}
