namespace VirtualBench.Libvirt.Tests;

public sealed class ErrorTests
{
    public ErrorTests() => Requirements.NeedLibvirt();

    [Fact]
    public void An_unknown_domain_is_named_in_the_message()
    {
        using var connection = Connection.Open("test:///default");
        var error = Assert.Throws<LibvirtException>(() => connection.FindDomain("nobody-called-so"));
        Assert.Equal((ErrorDomain.Test, ErrorCode.NoDomain, ErrorLevel.Error), (error.Domain, error.Code, error.Level));
        Assert.Contains("Domain not found", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<domain", ErrorCode.XmlDetail)]
    [InlineData("<network/>", ErrorCode.XmlError)]
    [InlineData("<domain type='test'><name>x</name></domain>", null)]
    public void Bad_xml_is_refused_on_one_line(string xml, ErrorCode? code)
    {
        using var connection = Connection.Open("test:///default");
        var error = Assert.Throws<LibvirtException>(() => connection.Create(xml));
        Assert.DoesNotContain('\n', error.Message);
        Assert.NotEqual(ErrorCode.None, error.Code);
        Assert.True(code is null || error.Code == code, $"{error.Domain}/{error.Code}: {error.Message}");
    }

    [Fact]
    public void An_unknown_driver_is_refused()
    {
        var error = Assert.Throws<LibvirtException>(() => Connection.Open("nosuchdriver:///system"));
        Assert.NotEqual(ErrorCode.None, error.Code);
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void A_missing_library_says_what_to_install()
    {
        var error = Assert.Throws<LibvirtNotInstalledException>(() => LibvirtLibrary.RequireLoadable("libvirt-absent.so.0"));
        Assert.Contains("apt-get install libvirt0", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Errors_of_different_threads_do_not_mix()
    {
        using var connection = Connection.Open("test:///default");
        Parallel.For(0, 200, i =>
        {
            var name = $"absent-{i}";
            var missing = Assert.Throws<LibvirtException>(() => connection.FindDomain(name));
            Assert.Equal(ErrorCode.NoDomain, missing.Code);
            var malformed = Assert.Throws<LibvirtException>(() => connection.Create("<domain"));
            Assert.Equal(ErrorCode.XmlDetail, malformed.Code);
        });
    }
}
