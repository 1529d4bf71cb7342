using System.Net;
using System.Text.Json;
using Docker.DotNet;
using VirtualBench.Targets.Processes;

namespace VirtualBench.Targets.Containers;

/// <summary>The daemon's refusals as one line.</summary>
internal static class DockerErrors
{
    /// <summary>The daemon's own words: its answers are <c>{"message": "..."}</c>.</summary>
    public static string MessageOf(DockerApiException exception)
    {
        var text = exception.ResponseBody ?? exception.Message;
        try
        {
            using var document = JsonDocument.Parse(text);
            text = document.RootElement.GetProperty("message").GetString() ?? text;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not the daemon's form: a proxy's, say. Its text will do.
        }

        return ErrorTail.Clean(text) ?? $"status {(int)exception.StatusCode}";
    }

    public static TargetException Explain(TargetName target, DockerApiException exception)
    {
        var message = MessageOf(exception);
        if (target.Variant is { } runtime && message.Contains("runtime", StringComparison.OrdinalIgnoreCase)
            && message.Contains(runtime, StringComparison.Ordinal))
        {
            return new TargetException($"{target}: the daemon knows no such runtime ({message}); see the doctor command", exception);
        }

        return exception.StatusCode == HttpStatusCode.Conflict
            ? new TargetException($"{target}: {message}; run the clean command", exception)
            : new TargetException($"{target}: the Docker daemon refused: {message}", exception);
    }
}
