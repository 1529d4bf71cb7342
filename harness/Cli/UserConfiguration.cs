using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualBench.Plan;

namespace VirtualBench.Cli;

/// <summary>The configuration file, as written.</summary>
/// <param name="Images">Files by name, as with <c>--image</c>.</param>
/// <param name="Engines">Files that describe engines, as with <c>--engine</c>.</param>
internal sealed record ConfigurationFile(
    IReadOnlyDictionary<string, string>? Images, IReadOnlyList<string>? Engines, string? Libvirt, IReadOnlyList<string>? Kernels);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ConfigurationFile))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;

/// <summary>
/// What the user configured once instead of naming it each time: <c>virtualbench/config.json</c> in <c>$XDG_CONFIG_HOME</c> or
/// <c>~/.config</c>.
/// </summary>
internal static class UserConfiguration
{
    /// <summary>Where it is when no option names another.</summary>
    public static string DefaultPath => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "virtualbench", "config.json");

    /// <summary>Reads it. Paths in it are relative to its folder.</summary>
    /// <param name="path">Null: the default one, which need not be there.</param>
    /// <exception cref="PlanException">It is not there, cannot be read, or says what nobody understands.</exception>
    public static EngineChoices Read(string? path)
    {
        var file = Path.GetFullPath(path ?? DefaultPath);
        if (path is null && !File.Exists(file))
        {
            return EngineChoices.None;
        }

        try
        {
            using var stream = File.OpenRead(file);
            return Resolve(JsonSerializer.Deserialize(stream, ConfigurationJson.Default.ConfigurationFile)
                ?? throw new JsonException("it is null"), Path.GetDirectoryName(file)!);
        }
        catch (JsonException e)
        {
            throw new PlanException($"the configuration {file} cannot be understood: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PlanException($"the configuration {file} cannot be read: {e.Message}", e);
        }
    }

    private static EngineChoices Resolve(ConfigurationFile file, string folder) => new(
        file.Kernels ?? [], file.Libvirt,
        EngineChoices.ReadImages((file.Images ?? new Dictionary<string, string>()).Select(i => $"{i.Key}={Path.Combine(folder, i.Value)}")),
        [.. (file.Engines ?? []).Select(e => Path.GetFullPath(Path.Combine(folder, e)))]);
}
