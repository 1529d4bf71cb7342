namespace VirtualBench.Targets.Described;

/// <summary>Makes engines of the files that describe them.</summary>
internal static class DescribedEngines
{
    /// <summary>The catalogue, and the engines that the files describe.</summary>
    /// <param name="files">Absolute.</param>
    /// <exception cref="TargetException">Something is wrong with a file; one line that names it.</exception>
    public static TargetCatalogue AddTo(TargetCatalogue catalogue, IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            var engine = EngineDescriptionReader.Read(file);
            if (catalogue.Kinds.Any(kind => kind.Engine == engine.Name))
            {
                throw new TargetException($"{file}: name: there already is an engine '{engine.Name}': choose another name");
            }

            catalogue = catalogue.With([KindOf(engine)]);
        }

        return catalogue;
    }

    private static TargetKind KindOf(EngineDescription engine)
    {
        var names =
            from variant in engine.Variants.Keys
            from architecture in engine.Architectures
            select new TargetName(engine.Name, variant.Length == 0 ? null : variant, architecture).ToString();
        var images =
            from architecture in engine.Architectures
            from image in engine.Images
            let suffix = architecture == TargetName.HostArchitecture ? "" : "@" + TargetName.ArchitectureName(architecture)
            select (Key: $"{engine.Name}.{image.Key}{suffix}", image.Value);
        return new TargetKind(
            engine.Name, engine.Summary, [.. names], (name, session) => new DescribedTarget(name, session, engine))
        {
            Images = images.ToDictionary(image => image.Key, image => image.Value),
            TypicalStart = engine.TypicalStart,
        };
    }
}
