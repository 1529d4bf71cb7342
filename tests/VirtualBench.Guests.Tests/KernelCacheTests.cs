using VirtualBench.Guests.Linux;

namespace VirtualBench.Guests.Tests;

public sealed class KernelCacheTests : IDisposable
{
    private readonly Workspace workspace = new();
    private readonly FakeApt apt = new();

    private KernelCache Cache => new(workspace.Root, apt);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task A_kernel_is_fetched_once_and_needs_no_network_afterwards()
    {
        Assert.Null(Cache.TryGetCached(GuestArchitecture.Arm64));
        var kernel = await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation);
        Assert.Equal(GuestArchitecture.Arm64, kernel.Architecture);
        Assert.Equal("6.1.0-56-cloud-arm64 #1 SMP Debian 6.1.192-2 (2026-11-16)", kernel.Version);
        Assert.Equal(apt.Kernel, await File.ReadAllBytesAsync(kernel.Path, Cancellation));

        apt.Missing.UnionWith(["apt-get", "apt-cache", "dpkg-deb"]);
        var again = await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation);
        Assert.Equal((kernel.Path, kernel.Version), (again.Path, again.Version));
        Assert.Equal(1, apt.Downloads);
        Assert.Equal(["arm64", "arm64.lock"], Directory.EnumerateFileSystemEntries(Cache.Directory).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Apt_is_told_to_leave_the_users_state_alone()
    {
        await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation);
        var work = Path.Combine(Cache.Directory, "arm64.work", "apt");
        Assert.All(apt.Configurations, configuration =>
        {
            Assert.Contains($"Dir::State::lists \"{work}/lists\";", configuration, StringComparison.Ordinal);
            Assert.Contains($"Dir::State::status \"{work}/status\";", configuration, StringComparison.Ordinal);
            Assert.Contains($"Dir::Cache \"{work}\";", configuration, StringComparison.Ordinal);
            Assert.Contains("#clear APT::Update::Post-Invoke;", configuration, StringComparison.Ordinal);
            Assert.Contains("APT::Architectures { \"arm64\"; };", configuration, StringComparison.Ordinal);
        });
        Assert.Equal(4, apt.Configurations.Count);
    }

    [Fact]
    public async Task Modules_are_kept_after_those_that_they_need()
    {
        apt.Modules["drivers/virtio/virtio_pci.ko"] = FakeApt.Module("virtio_ring,virtio-modern,virtio");
        apt.Modules["drivers/virtio/virtio.ko"] = FakeApt.Module("virtio_ring");
        apt.Modules["drivers/virtio/virtio_ring.ko"] = FakeApt.Module("");
        apt.Modules["drivers/virtio/virtio-modern.ko"] = FakeApt.Module("");
        apt.Modules["drivers/net/virtio_net.ko"] = FakeApt.Module("net_failover,virtio,built_in");
        apt.Modules["drivers/net/net_failover.ko"] = FakeApt.Module("failover");
        apt.Modules["net/core/failover.ko"] = FakeApt.Module("");
        apt.Modules["drivers/gpu/unrelated.ko"] = FakeApt.Module("virtio");
        var kernel = await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation);
        Assert.Equal(
            ["virtio_ring", "virtio_modern", "virtio", "virtio_pci", "failover", "net_failover", "virtio_net"],
            kernel.Modules.Select(Path.GetFileNameWithoutExtension));
        Assert.Equal(apt.Modules["net/core/failover.ko"], await File.ReadAllBytesAsync(kernel.Modules[4], Cancellation));
    }

    [Fact]
    public async Task Modules_that_depend_on_each_other_do_not_hang_it()
    {
        apt.Modules["virtio_net.ko"] = FakeApt.Module("failover");
        apt.Modules["failover.ko"] = FakeApt.Module("virtio_net");
        Assert.Equal(2, (await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation)).Modules.Count);
    }

    [Fact]
    public async Task Without_a_network_the_first_cause_is_told()
    {
        apt.KnowsTheKernel = false;
        apt.Update = new(0, "", Workspace.Captured("apt/update-offline.stderr.txt"));
        await FailsAsync(
            "no kernel for Linux guests: linux-image-cloud-arm64: apt knows no such package: W: Failed to fetch "
            + "http://deb.debian.org/debian/dists/bookworm/InRelease  Could not connect to 127.0.0.1:9 (127.0.0.1). "
            + "- connect (111: Connection refused); connect to a Debian mirror, or give --kernel FILE");
    }

    [Fact]
    public async Task A_source_that_fails_is_no_matter_when_the_package_is_known()
    {
        apt.Update = new(100, "", "E: The repository 'https://elsewhere.example nodistro Release' does not have a Release file.\n");
        await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation);
    }

    [Fact]
    public async Task A_download_that_breaks_off_leaves_nothing_and_can_be_tried_again()
    {
        apt.Download = new(100, "", Workspace.Captured("apt/download-offline.stderr.txt"));
        var message = await FailsAsync("linux-image-6.1.0-56-cloud-arm64: the download failed: E: Failed to fetch http://deb.debian.org/");
        Assert.EndsWith("; connect to a Debian mirror, or give --kernel FILE", message, StringComparison.Ordinal);
        apt.Download = null;
        await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation);
    }

    [Fact]
    public async Task A_package_of_another_checksum_is_refused()
    {
        apt.PackageSha256 = new string('0', 64);
        await FailsAsync("but the archive's index says 0000");
    }

    [Theory]
    [InlineData("apt-get")]
    [InlineData("dpkg-deb")]
    public async Task On_a_system_without_apt_it_says_what_to_do(string command)
    {
        apt.Missing.Add(command);
        await FailsAsync(command + " cannot be run");
    }

    [Fact]
    public async Task A_package_without_a_kernel_that_boots_is_refused()
    {
        apt.Kernel = new byte[4096];
        await FailsAsync("holds one that QEMU cannot boot; give --kernel FILE");
    }

    [Fact]
    public async Task What_apt_says_cannot_reach_the_terminal_as_control_characters()
    {
        apt.Download = new(100, "", "E: \u001b[2Jgone\n");
        await FailsAsync("E: ?[2Jgone");
    }

    [Fact]
    public async Task A_damaged_entry_is_not_used_but_fetched_again()
    {
        apt.Modules["virtio_net.ko"] = FakeApt.Module("");
        var kernel = await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation);
        foreach (var damage in new Action[]
        {
            () => File.WriteAllBytes(kernel.Path, apt.Kernel[..100]),
            () => File.AppendAllText(kernel.Modules[0], "x"),
            () => File.Delete(kernel.Modules[0]),
            () => File.WriteAllText(Path.Combine(Path.GetDirectoryName(kernel.Path)!, "kernel.json"), "{ \"schema\": 1 "),
        })
        {
            damage();
            Assert.Null(Cache.TryGetCached(GuestArchitecture.Arm64));
            kernel = await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation);
            Assert.NotNull(Cache.TryGetCached(GuestArchitecture.Arm64));
        }

        Assert.Equal(5, apt.Downloads);
    }

    [Fact]
    public async Task What_a_killed_run_left_is_removed()
    {
        var left = Path.Combine(Cache.Directory, "arm64.work", "entry");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "vmlinuz"), "half of it", Cancellation);
        await Cache.GetAsync(GuestArchitecture.Arm64, Cancellation);
        Assert.False(Directory.Exists(Path.GetDirectoryName(left)));
    }

    [Fact]
    public async Task Many_at_once_fetch_it_once()
    {
        apt.Before = (_, cancellation) => Task.Delay(20, cancellation);
        var kernels = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => Cache.GetAsync(GuestArchitecture.Arm64, Cancellation))));
        Assert.Equal(1, apt.Downloads);
        Assert.Single(kernels.Select(kernel => kernel.Path).Distinct());
    }

    [Fact]
    public async Task Cancelling_ends_both_the_fetching_and_the_waiting_and_leaves_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        apt.Before = async (line, cancellation) =>
        {
            if (line.StartsWith("apt-get download", StringComparison.Ordinal))
            {
                entered.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };
        var fetching = Cache.GetAsync(GuestArchitecture.Arm64, cancelled.Token);
        await entered.Task.WaitAsync(Cancellation);
        var waiting = Cache.GetAsync(GuestArchitecture.Arm64, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(["arm64.lock"], Directory.EnumerateFileSystemEntries(Cache.Directory).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_named()
    {
        var cache = new KernelCache("/dev/null/cache", apt);
        var failure = await Assert.ThrowsAsync<KernelException>(() => cache.GetAsync(GuestArchitecture.Arm64, Cancellation));
        Assert.StartsWith("the kernel cache /dev/null/cache/kernels cannot be used: ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("; make it writable, set VIRTUALBENCH_CACHE=DIR, or give --kernel FILE", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_would_change_apts_configuration_is_refused()
    {
        var cache = new KernelCache(workspace.PathOf("a\"; Dir::Etc \"b"), apt);
        var failure = await Assert.ThrowsAsync<KernelException>(() => cache.GetAsync(GuestArchitecture.Arm64, Cancellation));
        Assert.StartsWith("apt cannot use the cache directory: ", failure.Message, StringComparison.Ordinal);
        Assert.Empty(apt.Configurations);
    }

    [Theory]
    [InlineData("/chosen", "/xdg", "/home/u", true, "/chosen")]
    [InlineData("", "/xdg", "/home/u", true, "/var/cache/virtualbench")]
    [InlineData(null, "/xdg", "/home/u", false, "/xdg/virtualbench")]
    [InlineData(null, "relative", "/home/u", false, "/home/u/.cache/virtualbench")]
    [InlineData(null, null, "/home/u", false, "/home/u/.cache/virtualbench")]
    public void The_cache_is_where_the_user_expects_it(string? chosen, string? xdg, string? home, bool root, string expected)
    {
        var variables = new Dictionary<string, string?> { ["VIRTUALBENCH_CACHE"] = chosen, ["XDG_CACHE_HOME"] = xdg, ["HOME"] = home };
        Assert.Equal(expected, KernelCache.DefaultDirectory(variables.GetValueOrDefault, root));
    }

    [Theory]
    [InlineData(GuestArchitecture.X64)]
    [InlineData(GuestArchitecture.Arm64)]
    public async Task The_real_kernel_comes_from_Debian(GuestArchitecture architecture)
    {
        await SkipWithoutNetworkAsync();
        var kernel = await new KernelCache(workspace.Root, new SystemCommands()).GetAsync(architecture, Cancellation);
        Assert.Matches(@"^\d+\.\d+\.\S+ .*#1 SMP .*Debian ", kernel.Version);
        var names = kernel.Modules.Select(Path.GetFileNameWithoutExtension).ToList();
        string[] order = ["virtio_ring", "virtio", "virtio_pci", "failover", "net_failover", "virtio_net"];
        Assert.Equal(order, names.Where(order.Contains));
        var image = await File.ReadAllBytesAsync(kernel.Path, Cancellation);
        Assert.True(architecture != GuestArchitecture.X64 || X64KernelImage.IsBootableElf(image));
        Assert.Equal(kernel.Version, LinuxKernel.FromFile(architecture, kernel.Path).Version);
    }

    internal static async Task SkipWithoutNetworkAsync()
    {
        Assert.SkipWhen(Tools.Find("apt-get") is null || Tools.Find("dpkg-deb") is null, "there is no apt here to fetch a kernel with");
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            var something = new Uri("http://deb.debian.org/debian/dists/bookworm/Release.gpg");
            using var answer = await client.GetAsync(something, Cancellation);
            Assert.SkipUnless(answer.IsSuccessStatusCode, $"no kernel in the cache, and deb.debian.org says {(int)answer.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Assert.Skip("no kernel in the cache, and no network: " + e.Message);
        }
    }

    private async Task<string> FailsAsync(string expected)
    {
        var failure = await Assert.ThrowsAsync<KernelException>(() => Cache.GetAsync(GuestArchitecture.Arm64, Cancellation));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.Null(Cache.TryGetCached(GuestArchitecture.Arm64));
        Assert.Equal(["arm64.lock"], Directory.EnumerateFileSystemEntries(Cache.Directory).Select(Path.GetFileName));
        return failure.Message;
    }
}
