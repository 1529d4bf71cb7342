using System.Text;

namespace VirtualBench.Targets;

/// <summary>Keeps the first of what a program prints.</summary>
internal sealed class TextConsole : IGuestConsole
{
    private const int Most = 64 * 1024;
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        if (_text.Length < Most)
        {
            _text.Append(Encoding.Latin1.GetString(bytes));
        }
    }

    public void Phase(string name)
    {
    }
}
