using System.Globalization;

namespace VirtualBench.Host;

/// <summary>What about this host makes its figures worse than they look. Each is one line that says why it matters.</summary>
internal static class HostWarnings
{
    /// <summary>A run of ours alone keeps one processor busy; more than half of another one belongs to somebody else.</summary>
    private const double BusyLoadPerCpu = 0.5;

    public static IReadOnlyList<string> For(HostDescription host)
    {
        var warnings = new List<string>();
        if (host.LoadAverage > BusyLoadPerCpu * host.LogicalCpus)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"the host was busy when the run began (load {host.LoadAverage:F2} on {host.LogicalCpus} CPUs): intervals will be wide"));
        }

        if (host.Hypervisor is { } hypervisor)
        {
            warnings.Add(
                $"this host is itself a virtual machine ({hypervisor}): \"native\" is not bare metal, and other tenants may disturb it");
        }

        if (host.Architecture == "x86_64" && !(host.CpuFlags.Contains("constant_tsc") && host.CpuFlags.Contains("nonstop_tsc")))
        {
            warnings.Add("the TSC is not invariant: times come from the slower clock_gettime");
        }

        if (host.Governor is { } governor and not "performance")
        {
            warnings.Add(
                $"the CPU frequency governor is '{governor}': clocks change during a run; "
                    + "`cpupower frequency-set -g performance` pins them");
        }

        if (host.Smt == true)
        {
            warnings.Add("SMT is on: a neighbour on the same core shares its execution units");
        }

        if (host.LogicalCpus < 2)
        {
            warnings.Add("there is one CPU: the harness, the engines and the guests share it");
        }

        if (host.NumaNodes > 1)
        {
            warnings.Add("several NUMA nodes: memory figures depend on the node; choose --cpus of one node");
        }

        return warnings;
    }
}
