using System.Runtime.InteropServices;
using VirtualBench.Targets.Interop;

namespace VirtualBench.Targets.Processes;

/// <summary>
/// Reads a guest's standard output and error from two pipes, with no delay between read() and console. Used by one thread, which it blocks.
/// </summary>
/// <param name="output">The read end of standard output's pipe.</param>
/// <param name="errors">That of standard error's.</param>
internal sealed unsafe class OutputReader(int output, int errors, IGuestConsole console)
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// How long output is awaited after the program ended, when something that left its process group still holds the pipe.
    /// </summary>
    private const int StragglerMs = 250;

    /// <summary>How often to look whether the program ended although its pipes are open.</summary>
    private const int LookMs = 50;

    public ErrorTail Errors { get; } = new();

    /// <summary>Reads until nobody holds a pipe's other end.</summary>
    /// <param name="hasEnded">Whether the program has ended, whoever may still hold its pipes.</param>
    /// <param name="isOver">Asked after each piece of output: true ends the reading. Null: it never is.</param>
    /// <returns>False when it is over, or somebody still held the pipes after the program had ended.</returns>
    public bool ReadUntilEnded(Func<bool> hasEnded, Func<bool>? isOver = null)
    {
        var buffer = new byte[BufferBytes];
        var sources = stackalloc Libc.PollDescriptor[2];
        sources[0] = new Libc.PollDescriptor { Descriptor = output, Events = Libc.PollIn };
        sources[1] = new Libc.PollDescriptor { Descriptor = errors, Events = Libc.PollIn };
        long? endedAt = null;
        var lookedAt = Environment.TickCount64;
        fixed (byte* bytes = buffer)
        {
            while (sources[0].Descriptor >= 0 || sources[1].Descriptor >= 0)
            {
                // A pipe that another process keeps open does not tell that the program ended, hence the time limit.
                var ready = Libc.Poll(sources, 2, LookMs);
                if (endedAt is null && Environment.TickCount64 - lookedAt >= LookMs)
                {
                    lookedAt = Environment.TickCount64;
                    endedAt = hasEnded() ? lookedAt : null;
                }

                if (ready > 0)
                {
                    if (sources[0].Returned != 0)
                    {
                        var count = Read(ref sources[0], bytes);
                        if (count > 0)
                        {
                            console.Receive(new ReadOnlySpan<byte>(bytes, count));
                            if (isOver?.Invoke() == true)
                            {
                                return false;
                            }
                        }
                    }

                    if (sources[1].Returned != 0)
                    {
                        var count = Read(ref sources[1], bytes);
                        Errors.Add(new ReadOnlySpan<byte>(bytes, Math.Max(count, 0)));
                    }
                }

                if (endedAt is { } ended && Environment.TickCount64 - ended > StragglerMs)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static int Read(ref Libc.PollDescriptor source, byte* buffer)
    {
        var count = (int)Libc.Read(source.Descriptor, buffer, BufferBytes);
        if (count == 0 || (count < 0 && Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted))
        {
            source.Descriptor = -1;
        }

        return count;
    }
}
