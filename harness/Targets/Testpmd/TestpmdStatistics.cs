using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtualBench.Targets.Testpmd;

/// <summary>What both ports received since the report before.</summary>
/// <param name="Frames">How many.</param>
/// <param name="PerSecond">By DPDK's own clock.</param>
internal sealed record TestpmdReport(long Frames, long PerSecond)
{
    /// <summary>How long it took, ns.</summary>
    public double Nanoseconds => PerSecond > 0 ? Frames * 1e9 / PerSecond : 0;
}

/// <summary>Reads the statistics that testpmd prints again and again (<c>--stats-period</c>), line by line.</summary>
internal sealed partial class TestpmdStatistics
{
    private const int Ports = 2;
    private readonly Dictionary<int, (long Received, long PerSecond)> _now = [];
    private readonly List<TestpmdReport> _reports = [];
    private int _port = -1;
    private long _received;
    private long? _receivedBefore;

    /// <summary>One for each time that both ports were reported, but for the first, which has nothing before it.</summary>
    public IReadOnlyList<TestpmdReport> Reports => _reports;

    public void Read(string line)
    {
        if (Port().Match(line) is { Success: true } port)
        {
            _port = int.Parse(port.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        }
        else if (Received().Match(line) is { Success: true } received)
        {
            _ = long.TryParse(received.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out _received);
        }
        else if (PerSecond().Match(line) is { Success: true } rate
            && long.TryParse(rate.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var perSecond))
        {
            _now[_port] = (_received, perSecond);
            if (_now.Count == Ports)
            {
                Close();
            }
        }
    }

    private void Close()
    {
        var received = _now.Values.Sum(port => port.Received);
        if (_receivedBefore is { } before)
        {
            _reports.Add(new TestpmdReport(received - before, _now.Values.Sum(port => port.PerSecond)));
        }

        _receivedBefore = received;
        _now.Clear();
    }

    [GeneratedRegex(@"NIC statistics for port ([0-9]{1,4}) ", RegexOptions.CultureInvariant)]
    private static partial Regex Port();

    [GeneratedRegex(@"^\s*RX-packets: ([0-9]{1,18})\b", RegexOptions.CultureInvariant)]
    private static partial Regex Received();

    [GeneratedRegex(@"^\s*Rx-pps: +([0-9]{1,18})\b", RegexOptions.CultureInvariant)]
    private static partial Regex PerSecond();
}
