using VirtualBench.Protocol;

namespace VirtualBench.Campaign;

/// <summary>
/// Watches a guest's lines go by and reads the host's processor time where each section begins and where its measurements are done. The
/// engine prints a section's measurements when the last is over, so that what printing costs is not among it.
/// </summary>
internal sealed class UsageRecorder(Func<HostCpu> read)
{
    private readonly List<SectionUsage?> _sections = [];
    private HostCpu? _begin;

    /// <summary>By section, in order; null for one that measured nothing.</summary>
    public IReadOnlyList<SectionUsage?> Sections => _sections;

    public void See(string line)
    {
        if (line.StartsWith(LineGrammar.Hello, StringComparison.Ordinal))
        {
            _sections.Add(null);
            _begin = read();
        }
        else if (_begin is { } begin && line.StartsWith(LineGrammar.FirstMeasurement, StringComparison.Ordinal))
        {
            _sections[^1] = read().Since(begin);
            _begin = null;
        }
    }
}
