using System.Text;
using VirtualBench.Host;
using VirtualBench.Protocol;
using VirtualBench.Targets;

namespace VirtualBench.Campaign;

/// <summary>
/// Takes what an instance prints: cuts it into lines, stamps each with the host's clock, and bounds what a broken guest can make us keep.
/// </summary>
/// <param name="flood">Called once when the guest has printed more than <see cref="TotalLimit"/>.</param>
/// <param name="see">Called with each line as it ends; null: nobody watches.</param>
internal sealed class ConsoleRecorder(Action flood, Action<string>? see = null) : IGuestConsole
{
    /// <summary>Longer lines are cut; the protocol's own are at most 512 bytes.</summary>
    public const int LineLimit = 4096;

    /// <summary>Bytes of one boot that are kept. A full run of every probe prints below 200 KB.</summary>
    public const int TotalLimit = 16 << 20;

    private readonly Lock _gate = new();
    private readonly List<ConsoleLine> _lines = [];
    private readonly StringBuilder _line = new();
    private readonly Dictionary<string, long> _phases = [];
    private long _total;

    public long? FirstByteNs { get; private set; }

    public long? LastByteNs { get; private set; }

    public bool Flooded => _total > TotalLimit;

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        var now = HostClock.NowNs();
        lock (_gate)
        {
            if (bytes.IsEmpty || Flooded)
            {
                return;
            }

            FirstByteNs ??= now;
            LastByteNs = now;
            _total += bytes.Length;
            foreach (var value in bytes)
            {
                if (value == '\n')
                {
                    FinishLine(now);
                }
                else if (_line.Length < LineLimit)
                {
                    _line.Append((char)value);
                }
            }

            if (Flooded)
            {
                flood();
            }
        }
    }

    public void Phase(string name)
    {
        var now = HostClock.NowNs();
        lock (_gate)
        {
            _phases.TryAdd(name, now);
        }
    }

    public long? PhaseNs(string name)
    {
        lock (_gate)
        {
            return _phases.TryGetValue(name, out var at) ? at : null;
        }
    }

    /// <summary>Everything so far; a last line without an end counts as one.</summary>
    public IReadOnlyList<ConsoleLine> Finish()
    {
        lock (_gate)
        {
            if (_line.Length > 0)
            {
                FinishLine(LastByteNs ?? HostClock.NowNs());
            }

            return [.. _lines];
        }
    }

    private void FinishLine(long now)
    {
        var length = _line.Length;
        while (length > 0 && _line[length - 1] == '\r')
        {
            length--;
        }

        var text = _line.ToString(0, length);
        _lines.Add(new ConsoleLine(now, text));
        _line.Clear();
        see?.Invoke(text);
    }
}
