using System.Text;
using VirtualBench.Plan;
using VirtualBench.Reports.Claims;

namespace VirtualBench.Tests.Reports.Claims;

public sealed class ClaimFileTests : IDisposable
{
    private const string Good = """
        {"id":"X","condition":"c","statement":"s","reading":"r","targets":[["docker"]],"against":"kvm","probes":["cpu.*"],
         "measure":"time","high":1.1}
        """;

    private readonly string directory = Directory.CreateTempSubdirectory("vbtest-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_file_of_the_user_is_read() => Assert.Equal("X", Assert.Single(ClaimFileReader.Parse(File(Good), "f").Claims).Id);

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("null", "not null")]
    [InlineData("[]", "line 1")]
    [InlineData("{}", "schema")]
    [InlineData("""{"schema":"virtualbench.claims/9","source":"s","claims":[]}""", "virtualbench.claims/9")]
    [InlineData("""{"schema":"virtualbench.claims/1","source":"s","claims":[]}""", "0 claims")]
    [InlineData("""{"schema":"virtualbench.claims/1","source":"s","claims":[null]}""", "null")]
    [InlineData("""{"schema":"virtualbench.claims/1","source":null,"claims":[]}""", "source")]
    [InlineData("""{"schema":"virtualbench.claims/1","source":"<script>alert(1)</script>","claims":7}""", "claims")]
    public void A_file_that_is_none_is_one_line(string text, string expected) => Refused(Encoding.UTF8.GetBytes(text), expected);

    [Theory]
    [InlineData("\"high\":1.1", "\"high\":-1", "positive")]
    [InlineData("\"high\":1.1", "\"high\":1.1,\"low\":2", "low below high")]
    [InlineData("\"high\":1.1", "\"high\":NaN", "line 2")]
    [InlineData("\"high\":1.1", "\"high\":1e999", "positive")]
    [InlineData("\"high\":1.1", "\"hihg\":1.1", "hihg")]
    [InlineData(",\"high\":1.1", "", "low or high is missing")]
    [InlineData(",\"against\":\"kvm\"", "", "against is missing")]
    [InlineData(",\"probes\":[\"cpu.*\"]", "", "probes are missing")]
    [InlineData("[[\"docker\"]]", "[]", "list of groups")]
    [InlineData("[[\"docker\"]]", "[[]]", "list of groups")]
    [InlineData("[[\"docker\"]]", "[null]", "list of groups")]
    [InlineData("\"time\"", "\"speed\"", "measure")]
    [InlineData("\"time\"", "\"completion\"", "completion takes")]
    [InlineData("\"id\":\"X\"", "\"id\":\"\"", "empty id")]
    [InlineData("\"id\":\"X\"", "\"id\":\"X\",\"arch\":\"sparc\"", "sparc")]
    [InlineData("\"id\":\"X\",", "", "id")]
    public void A_claim_that_says_nothing_testable_is_one_line(string part, string instead, string expected)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);
        Refused(File(Good.Replace(part, instead, StringComparison.Ordinal)), expected);
    }

    [Fact]
    public void Two_claims_of_one_id_are_refused() => Refused(File(Good + "," + Good), "stands there twice");

    [Fact]
    public void A_file_that_is_missing_or_far_too_long_is_one_line()
    {
        var path = Path.Combine(directory, "claims.json");
        Assert.Contains("cannot be read", Assert.Throws<PlanException>(() => ClaimFileReader.Read(path)).Message, StringComparison.Ordinal);
        using (var file = System.IO.File.Create(path))
        {
            file.SetLength(100 << 20);
        }

        Assert.Contains("bytes long", Assert.Throws<PlanException>(() => ClaimFileReader.Read(path)).Message, StringComparison.Ordinal);
    }

    private static byte[] File(string claim) =>
        Encoding.UTF8.GetBytes($$"""{"schema":"virtualbench.claims/1","source":"me","claims":[{{claim}}]}""");

    private static void Refused(byte[] content, string expected)
    {
        var message = Assert.Throws<PlanException>(() => ClaimFileReader.Parse(content, "my.json")).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("my.json", message, StringComparison.Ordinal);
        Assert.All(message, c => Assert.InRange(c, ' ', '~'));
        Assert.DoesNotContain("VirtualBench.Reports", message, StringComparison.Ordinal);
    }
}
