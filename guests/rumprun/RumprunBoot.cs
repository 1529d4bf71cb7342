using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VirtualBench.Guests.Rumprun;

/// <summary>What Rumprun's network device <c>vioif0</c> gets: an address <c>A.B.C.D</c> and the length of its subnet's prefix.</summary>
public sealed record RumprunAddress(string Host, int PrefixLength);

/// <summary>What Rumprun takes for a command line: a JSON object (its doc/config.md) whose <c>cmdline</c> is the program's.</summary>
public static class RumprunBoot
{
    /// <summary>What a baked program is named, and so its argv[0].</summary>
    public const string ProgramName = "vbprobe";

    /// <summary>In bytes, with what QEMU puts before it; Rumprun panics when there is more (BMK_MULTIBOOT_CMDLINE_SIZE).</summary>
    private const int Most = 4095;

    // Else '+', '<' and what is beyond ASCII take six bytes each.
    private static readonly JsonWriterOptions Shortest = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The command line as QEMU's <c>-append</c> takes it.</summary>
    /// <param name="image">The image's path, which QEMU puts before it.</param>
    /// <param name="arguments">The program's; Rumprun splits at blanks.</param>
    /// <exception cref="ArgumentException">Rumprun would not hand them on as they are.</exception>
    /// <param name="address">Of its network device; null: it has none.</param>
    public static string CommandLine(string image, IReadOnlyList<string> arguments, RumprunAddress? address = null)
    {
        // Rumprun's words (lib/librumprun_base/parseargs.c) have quotes and escapes.
        if (arguments.FirstOrDefault(argument => argument.Length == 0 || argument.Any(c => c is <= ' ' or > '~' or '"' or '\'' or '\\'))
            is { } odd)
        {
            throw new ArgumentException($"Rumprun does not take {GuestPath.Show(odd)} as an argument", nameof(arguments));
        }

        if (image.Contains('{', StringComparison.Ordinal))
        {
            throw new ArgumentException($"Rumprun would take the '{{' in its image's path {image} for its configuration", nameof(image));
        }

        var json = Json(string.Join(' ', [ProgramName, .. arguments]), address);
        var bytes = Encoding.UTF8.GetByteCount(image) + 1 + json.Length;
        return bytes > Most
            ? throw new ArgumentException(
                $"Rumprun takes a command line of {Most} bytes, and not {bytes}: name fewer probes at a time", nameof(arguments))
            : json;
    }

    private static string Json(string commandLine, RumprunAddress? address)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Shortest))
        {
            json.WriteStartObject();
            json.WriteString("cmdline", commandLine);
            if (address is not null)
            {
                json.WriteStartObject("net");
                json.WriteString("if", "vioif0");
                json.WriteString("type", "inet");
                json.WriteString("method", "static");
                json.WriteString("addr", address.Host);
                json.WriteString("mask", address.PrefixLength.ToString(CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
