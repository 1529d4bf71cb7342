using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace VirtualBench.Plan;

/// <summary>Turns what the user writes for probes into specifications.</summary>
public static partial class ProbeSelection
{
    /// <summary>
    /// Reads <c>mem.triad{bytes=1048576}</c>. The names must be known and the values plain words, for some engines split a command line on
    /// blanks and quotes. Returns null and the reason when it cannot.
    /// </summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ProbeSpecification? specification, [NotNullWhen(false)] out string? error)
    {
        specification = null;
        var match = Grammar().Match(text);
        if (!match.Success)
        {
            error = $"'{text}' is no probe: write NAME or NAME{{parameter=value,...}}";
            return false;
        }

        var id = match.Groups["id"].Value;
        if (ProbeCatalogue.Find(id) is not { } probe)
        {
            error = $"unknown probe '{id}'; `list probes` shows them";
            return false;
        }

        var parameters = new List<KeyValuePair<string, string>>();
        foreach (Capture capture in match.Groups["pair"].Captures)
        {
            var equals = capture.Value.IndexOf('=', StringComparison.Ordinal);
            var name = capture.Value[..equals];
            if (probe.Parameters.All(p => p.Key != name))
            {
                var known = probe.Parameters.Count == 0
                    ? "it takes none"
                    : "it takes " + string.Join(", ", probe.Parameters.Select(p => p.Key));
                error = $"probe {id} has no parameter '{name}': {known}";
                return false;
            }

            if (parameters.Any(p => p.Key == name))
            {
                error = $"probe {id} is given '{name}' twice";
                return false;
            }

            parameters.Add(new(name, capture.Value[(equals + 1)..]));
        }

        error = null;
        specification = new ProbeSpecification(id, parameters);
        return true;
    }

    /// <summary>
    /// What a comma-separated list of names, globs (<c>mem.*</c>) and specifications selects. A glob that matches something in
    /// <paramref name="preset"/> takes the preset's parameters; otherwise the catalogue's defaults apply.
    /// </summary>
    public static IReadOnlyList<ProbeSpecification> Select(string globs, IReadOnlyList<ProbeSpecification> preset)
    {
        var selected = new List<ProbeSpecification>();
        foreach (var item in SplitOutsideBraces(globs))
        {
            if (item.Contains('{', StringComparison.Ordinal))
            {
                selected.Add(TryParse(item, out var specification, out var error) ? specification : throw new PlanException(error));
                continue;
            }

            var matches = preset.Where(p => FileSystemName.MatchesSimpleExpression(item, p.Id)).ToList();
            var missing =
                ProbeCatalogue.All.Where(p => FileSystemName.MatchesSimpleExpression(item, p.Id) && matches.All(m => m.Id != p.Id));
            matches.AddRange(missing.Select(p => new ProbeSpecification(p.Id, [])));
            if (matches.Count == 0)
            {
                throw new PlanException($"unknown probe '{item}'; `list probes` shows them");
            }

            selected.AddRange(matches);
        }

        return selected.Count == 0 ? throw new PlanException("no probe is named; `list probes` shows them") : [.. selected.Distinct()];
    }

    /// <summary>Splits at commas, but not at those between a probe's own braces.</summary>
    public static IEnumerable<string> SplitOutsideBraces(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                if (text[start..i].Trim() is { Length: > 0 } item)
                {
                    yield return item;
                }

                start = i + 1;
            }
            else
            {
                depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
            }
        }
    }

    [GeneratedRegex(@"^(?<id>[a-z0-9]+\.[a-z0-9-]+)(\{(?<pair>[a-z]+=[A-Za-z0-9._-]{1,40})(,(?<pair>[a-z]+=[A-Za-z0-9._-]{1,40}))*\})?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
