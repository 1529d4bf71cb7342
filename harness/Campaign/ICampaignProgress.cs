using VirtualBench.Plan;

namespace VirtualBench.Campaign;

/// <summary>Who watches a campaign.</summary>
internal interface ICampaignProgress
{
    void Began(CampaignPlan plan, int trialsDone);

    void TrialStarted(PlannedTrial trial, int attempt);

    /// <summary>A guest of the trial began a probe. Called from whatever thread reads its console.</summary>
    void ProbeStarted(string probe)
    {
    }

    /// <param name="record">What came of it.</param>
    /// <param name="remaining">How long the rest will take, from what trials took so far; null before every target ran once.</param>
    void TrialEnded(TrialRecord record, TimeSpan? remaining);

    /// <summary>Something the user should know, one line.</summary>
    void Say(string line);

    void Ended();
}
