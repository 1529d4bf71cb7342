using System.Diagnostics;
using System.Text;
using VirtualBench.Targets;

namespace VirtualBench.Tests.Targets;

/// <summary>Keeps what a guest printed and when it first did; calls <paramref name="received"/> after each piece.</summary>
internal sealed class RecordingConsole(Action<RecordingConsole>? received = null) : IGuestConsole
{
    private readonly MemoryStream bytes = new();
    private int inside;

    public string Text => Encoding.Latin1.GetString(bytes.ToArray());

    public long Length => bytes.Length;

    public byte[] Bytes => bytes.ToArray();

    public List<string> Phases { get; } = [];

    /// <summary>Stopwatch ticks of the first byte.</summary>
    public long? FirstByte { get; private set; }

    public void Receive(ReadOnlySpan<byte> received1)
    {
        FirstByte ??= Stopwatch.GetTimestamp();
        Assert.Equal(1, Interlocked.Increment(ref inside));
        bytes.Write(received1);
        received?.Invoke(this);
        Interlocked.Decrement(ref inside);
    }

    public void Phase(string name) => Phases.Add(name);
}
