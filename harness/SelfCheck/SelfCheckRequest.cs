using VirtualBench.Plan;
using VirtualBench.Targets;

namespace VirtualBench.SelfCheck;

/// <summary>How the harness is to check its own verdicts.</summary>
/// <param name="Target">Compared with itself, and with itself slowed down.</param>
/// <param name="Campaigns">Whole campaigns, each with a seed of its own.</param>
/// <param name="SlowdownPercent">How much more time the slowed one takes.</param>
/// <param name="Run">What each campaign is, but for its targets and seed.</param>
/// <param name="Seed">Seed of the campaigns' seeds.</param>
/// <param name="IsDisturbed">Other work begins on the host half way through each campaign.</param>
public sealed record SelfCheckRequest(
    string Target, int Campaigns, double SlowdownPercent, RunRequest Run, ulong Seed, bool IsDisturbed = false)
{
    /// <summary>The baseline.</summary>
    public const string First = "a";

    /// <summary>The same target under another name: whatever is said of it is a false alarm.</summary>
    public const string Same = "b";

    public const string Slowed = "slow";

    /// <summary>What each campaign asks for, in turn.</summary>
    /// <remarks>
    /// The slowed one stands in the middle: run one after the other, with the machine changing half way, the two that are the same then get
    /// different machines.
    /// </remarks>
    public IEnumerable<RunRequest> Requests()
    {
        var seeds = new SplitMix64(Seed);
        var targets = string.Join(',', new[] { First, Slowed, Same }.Select(id => $"{id}={Target}"));
        for (var i = 0; i < Campaigns; i++)
        {
            yield return Run with
            {
                Targets = targets,
                Seed = seeds.Next(),
                Slowdowns = new Dictionary<string, double> { [Slowed] = SlowdownPercent },
            };
        }
    }

    /// <exception cref="PlanException">It makes no check.</exception>
    public void Validate()
    {
        var name = TargetName.TryParse(Target, out var parsed) ? parsed.ToString() : null;
        _ = this switch
        {
            _ when name is null => throw new PlanException($"'{Target}' is no target; `list targets` shows them"),
            { Campaigns: < 1 or > 1_000_000 } => throw new PlanException($"--campaigns {Campaigns} is not between 1 and 1000000"),
            { SlowdownPercent: not (> 0 and <= 1000) } =>
                throw new PlanException($"--slowdown {SlowdownPercent} is not a percentage above 0 and up to 1000"),
            { Run: { Order: TrialOrder.Sequential, PrecisionPercent: not null } } =>
                throw new PlanException("--precision looks after each block, which --order sequential does not have; leave one out"),
            { IsDisturbed: true } when parsed!.Engine == SimTarget.EngineName =>
                throw new PlanException("--disturb has nothing to disturb on a simulated target; sim:step simulates the like"),
            { IsDisturbed: true, Run.PrecisionPercent: not null } =>
                throw new PlanException("--disturb begins half way, which --precision does not know beforehand; leave one out"),
            _ => name,
        };
    }
}
