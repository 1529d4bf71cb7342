using Microsoft.Playwright;

namespace VirtualBench.Tests.Reports.Page;

/// <summary>A headless Chromium of the system, started once for all tests of pages.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Program))
        {
            playwright = await Playwright.CreateAsync();
            browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Program,
                Headless = true,
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync",
                ],
            });
        }
    }

    /// <summary>Opens a page of our making, and keeps what it logs and asks for. Skips the test where there is no browser.</summary>
    public async Task<OpenPage> OpenAsync(string html, ColorScheme scheme = ColorScheme.Light, int width = 1300)
    {
        Assert.SkipUnless(browser is not null, $"there is no {Program}; ./build.sh setup installs it");
        var file = Path.Combine(Directory.CreateTempSubdirectory("vbtest-").FullName, "report.html");
        await File.WriteAllTextAsync(file, html, TestContext.Current.CancellationToken);
        var page = await browser.NewPageAsync(new BrowserNewPageOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 1000 },
        });
        var opened = new OpenPage(page, file);
        await page.GotoAsync("file://" + file);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}

/// <summary>A page in the browser with all that it said and asked for.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly string file;

    public OpenPage(IPage page, string file)
    {
        Page = page;
        this.file = file;
        page.Console += (_, message) => Complaints.Add(message.Type + ": " + message.Text);
        page.PageError += (_, error) => Complaints.Add("error: " + error);
        page.Dialog += async (_, dialog) =>
        {
            Complaints.Add("dialog: " + dialog.Message);
            await dialog.DismissAsync();
        };
        page.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Page { get; }

    /// <summary>Console messages of any kind, script errors and dialogs.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>The page itself is the first.</summary>
    public List<string> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await Page.CloseAsync();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }
}
