using System.Text;
using VirtualBench.Reports.Claims;

namespace VirtualBench.Tests.Reports.Claims;

public sealed class KeptClaimsTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vbtest-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void What_was_given_is_kept_once_and_in_its_order()
    {
        Assert.Empty(KeptClaims.Paths(directory));
        KeptClaims.Add([("z.json", "first"u8.ToArray()), ("a.json", "second"u8.ToArray())], directory);
        KeptClaims.Add([("z.json", "third"u8.ToArray()), ("again.json", "first"u8.ToArray())], directory);
        Assert.Equal(["01-z.json", "02-a.json", "03-z.json"], KeptClaims.Paths(directory).Select(Path.GetFileName));
        Assert.Equal(["first", "second", "third"], KeptClaims.Paths(directory).Select(File.ReadAllText));
    }

    [Fact]
    public void A_file_that_is_kept_already_does_not_count_twice()
    {
        var (same, other) = (Path.Combine(directory, "same.json"), Path.Combine(directory, "other.json"));
        File.WriteAllText(same, "one");
        File.WriteAllText(other, "two");
        KeptClaims.Add([("one.json", Encoding.UTF8.GetBytes("one"))], directory);
        Assert.Equal(["01-one.json", "other.json"], KeptClaims.PathsWith([same, other], directory).Select(Path.GetFileName));
    }
}
