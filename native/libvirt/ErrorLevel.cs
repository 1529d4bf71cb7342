namespace VirtualBench.Libvirt;

/// <summary><c>virErrorLevel</c>.</summary>
public enum ErrorLevel
{
    None = 0,
    Warning = 1,
    Error = 2,
}
