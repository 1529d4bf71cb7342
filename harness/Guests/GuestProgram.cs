namespace VirtualBench.Guests;

/// <summary>A static Linux program that holds the engine and the probes of one implementation for one architecture.</summary>
/// <param name="Implementation"><c>c</c> or <c>cs</c>.</param>
/// <param name="Path">The program's file.</param>
/// <param name="Sha256">Hexadecimal SHA-256 of that file.</param>
/// <param name="ArchiveSha256">Hexadecimal SHA-256 of the archive of engine and C probes linked into it.</param>
public sealed record GuestProgram(string Implementation, GuestArchitecture Architecture, string Path, string Sha256, string ArchiveSha256)
{
    /// <summary>
    /// What a result is compared by: the archive for C; for C#, whose probes stand outside the archive, the whole program.
    /// </summary>
    public string GuestBinary => Implementation == "c" ? ArchiveSha256 : Sha256;
}
