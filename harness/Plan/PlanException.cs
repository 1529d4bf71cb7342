namespace VirtualBench.Plan;

/// <summary>What the user asked for makes no plan; the message is one line: what, why, what to do next.</summary>
public sealed class PlanException : Exception
{
    public PlanException()
    {
    }

    public PlanException(string message)
        : base(message)
    {
    }

    public PlanException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
