using VirtualBench.Libvirt.Interop;

namespace VirtualBench.Libvirt;

/// <summary>A call to libvirt failed. The message is libvirt's own, on one line.</summary>
public class LibvirtException : Exception
{
    public LibvirtException()
    {
    }

    public LibvirtException(string message)
        : base(message)
    {
    }

    public LibvirtException(string message, Exception inner)
        : base(message, inner)
    {
    }

    private LibvirtException(string message, ErrorDomain domain, ErrorCode code, ErrorLevel level, int systemError)
        : base(message)
    {
        SystemError = systemError;
        Domain = domain;
        Code = code;
        Level = level;
    }

    /// <summary>The part of libvirt that failed.</summary>
    public ErrorDomain Domain { get; }

    /// <summary>What went wrong.</summary>
    public ErrorCode Code { get; }

    public ErrorLevel Level { get; }

    /// <summary>The errno behind <see cref="ErrorCode.SystemError"/>; 0 with any other code.</summary>
    public int SystemError { get; }

    /// <summary>
    /// The error that the call just made left on this thread. Nothing may come between that call and this one: another call to libvirt
    /// resets the error, and another thread has another one.
    /// </summary>
    internal static unsafe LibvirtException FromLastError(string call)
    {
        var error = LibvirtNative.virGetLastError();
        if (error is null || error->Code == 0)
        {
            return new LibvirtException($"{call} failed and libvirt did not say why");
        }

        var text = LibvirtNative.Borrow(error->Message);
        return new LibvirtException(
            string.IsNullOrWhiteSpace(text) ? $"{call} failed with libvirt error {error->Code}" : OneLine(text),
            (ErrorDomain)error->Domain, (ErrorCode)error->Code, (ErrorLevel)error->Level,
            error->Code == (int)ErrorCode.SystemError ? error->FirstNumber : 0);
    }

    /// <summary>Throws when a call that returns -1 on failure did.</summary>
    internal static int Check(int result, string call) => result < 0 ? throw FromLastError(call) : result;

    /// <summary>Throws when a call that returns a new reference returned none.</summary>
    internal static T Check<T>(T handle, string call)
        where T : System.Runtime.InteropServices.SafeHandle
    {
        if (!handle.IsInvalid)
        {
            return handle;
        }

        var error = FromLastError(call);
        handle.Dispose();
        throw error;
    }

    /// <summary>Takes over a string that libvirt allocated for the caller.</summary>
    internal static unsafe string CheckString(byte* owned, string call) =>
        owned is null ? throw FromLastError(call) : LibvirtNative.Take(owned)!;

    /// <summary>A failed QEMU start brings QEMU's stderr along, on lines of its own.</summary>
    private static string OneLine(string text) =>
        string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
