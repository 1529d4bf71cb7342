namespace VirtualBench.Guests.Containers;

/// <summary>Reads a stream forward only and not for ever, and remembers whether its end was met.</summary>
internal sealed class BoundedReading(Stream inner, long limitBytes) : Stream
{
    public long BytesRead { get; private set; }

    /// <summary>Somebody asked for more than there was.</summary>
    public bool AtEnd { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">It goes on beyond the limit.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        AtEnd |= count == 0 && buffer.Length > 0;
        BytesRead += count;
        return BytesRead <= limitBytes ? count : throw new InvalidDataException($"more than {limitBytes >> 20} MiB when unpacked");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
