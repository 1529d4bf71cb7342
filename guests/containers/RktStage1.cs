namespace VirtualBench.Guests.Containers;

/// <summary>
/// A stage 1 of rkt: the image that prepares a pod and starts its program. Its annotations name the programs that rkt calls
/// (rkt's Documentation/devel/stage1-implementors-guide.md).
/// </summary>
public static class RktStage1
{
    private const string Prefix = "coreos.com/rkt/stage1/";
    private const string FlavorLink = AciImage.RootName + "/flavor";
    private static readonly string[] Programs = ["run", "gc"];

    /// <summary>Reads the file and checks that rkt can use it as the stage 1 of this flavor, <c>fly</c> or <c>host</c>.</summary>
    /// <exception cref="AciException">It is not such a file.</exception>
    public static void Check(string path, GuestArchitecture architecture, string flavor)
    {
        var contents = AciReader.Read(path, architecture);
        foreach (var program in Programs)
        {
            if (!contents.Annotations.TryGetValue(Prefix + program, out var place))
            {
                throw new AciException($"{path} is no stage 1 of rkt: its manifest has no annotation {Prefix}{program}");
            }

            if (!contents.Files.Contains(AciImage.RootName + "/" + place.TrimStart('/')))
            {
                throw new AciException($"{path} is no stage 1 of rkt: there is no {PrintableText.Of(place)} in it");
            }
        }

        if (!contents.Links.TryGetValue(FlavorLink, out var found) || found != flavor)
        {
            var other = found is null ? "it does not say which" : PrintableText.Of(found);
            throw new AciException($"{path} is a stage 1 of another flavor than {flavor}: {other}");
        }
    }
}
