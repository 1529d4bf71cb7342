using System.Globalization;
using System.Text;

namespace VirtualBench.Protocol;

/// <summary>
/// Writes a section for an engine in which no guest program of ours can run: with counts and checksum as vb_protocol.h has them.
/// </summary>
internal sealed class SectionWriter
{
    private readonly StringBuilder _output = new();
    private Crc32 _crc = new();
    private int _lines;

    /// <summary>What has been written since this was asked last.</summary>
    public string Take()
    {
        var text = _output.ToString();
        _output.Clear();
        return text;
    }

    /// <summary>The first lines.</summary>
    /// <param name="parameters">As the hello line has them: <c>size=64</c>, or <c>-</c>.</param>
    /// <param name="identity"><c>impl=... arch=... clock=... clockHz=... build=...</c>.</param>
    public void Begin(string probe, string parameters, string identity, long nowNs)
    {
        Line(LineGrammar.Begin);
        Line(string.Create(
            CultureInfo.InvariantCulture, $"{LineGrammar.Hello}version=1 probe={probe} params={parameters} {identity} nowNs={nowNs}"));
    }

    /// <summary>One iteration, in the columns that vb_protocol.h shows.</summary>
    /// <param name="stage">E.g. <c>WorkloadActual</c>.</param>
    /// <param name="index">From 1.</param>
    /// <param name="nanoseconds">Of all operations together.</param>
    public void Iteration(string stage, int index, long operations, double nanoseconds) => Line(string.Create(
        CultureInfo.InvariantCulture,
        $"{stage,-16}{index,2}: {operations} op, {nanoseconds:F2} ns, {nanoseconds / operations:F4} ns/op"));

    /// <summary>Any other line, without its end.</summary>
    public void Line(string text)
    {
        _crc.AddLine(text);
        _lines++;
        _output.Append(text).Append('\n');
    }

    /// <summary>The last lines.</summary>
    /// <param name="isComplete">The section succeeded.</param>
    public void End(bool isComplete, long nowNs)
    {
        _output.Append(CultureInfo.InvariantCulture, $"{LineGrammar.Checksum}{_crc.Value:x8} lines={_lines} nowNs={nowNs}\n");
        if (isComplete)
        {
            _output.Append(LineGrammar.AfterAll).Append('\n');
        }
    }
}
