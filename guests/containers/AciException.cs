namespace VirtualBench.Guests.Containers;

/// <summary>A file is not the App Container image that it should be; the message is one line that names the file and says why.</summary>
public sealed class AciException : Exception
{
    public AciException()
    {
    }

    public AciException(string message)
        : base(message)
    {
    }

    public AciException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
