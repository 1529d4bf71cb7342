namespace VirtualBench.Protocol;

/// <summary>CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320, initial value and final XOR 0xFFFFFFFF), as zlib computes it.</summary>
internal struct Crc32
{
    private static readonly uint[] Table = MakeTable();
    private uint _state;

    public Crc32() => _state = uint.MaxValue;

    public readonly uint Value => ~_state;

    /// <summary>Adds the line's characters, which stand for one byte each, and its line end.</summary>
    public void AddLine(string line)
    {
        foreach (var character in line)
        {
            Add((byte)character);
        }

        Add((byte)'\n');
    }

    private void Add(byte value) => _state = Table[(byte)(_state ^ value)] ^ (_state >> 8);

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var entry = i;
            for (var bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) != 0 ? (entry >> 1) ^ 0xEDB88320u : entry >> 1;
            }

            table[i] = entry;
        }

        return table;
    }
}
