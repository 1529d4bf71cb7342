using System.Buffers;
using System.Diagnostics;
using System.Text;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Targets;

/// <summary>Keeps what a guest printed and when it first did; calls <paramref name="received"/> after each piece.</summary>
internal sealed class RecordingConsole(Action<RecordingConsole>? received = null) : IGuestConsole
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private int _inside;

    public string Text => Encoding.Latin1.GetString(_bytes.WrittenSpan);

    public long Length => _bytes.WrittenCount;

    public byte[] Bytes => _bytes.WrittenSpan.ToArray();

    public List<string> Phases { get; } = [];

    /// <summary>Stopwatch ticks of the first byte.</summary>
    public long? FirstByte { get; private set; }

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        FirstByte ??= Stopwatch.GetTimestamp();
        Assert.Equal(1, Interlocked.Increment(ref _inside));
        _bytes.Write(bytes);
        received?.Invoke(this);
        Interlocked.Decrement(ref _inside);
    }

    public void Phase(string name) => Phases.Add(name);
}
