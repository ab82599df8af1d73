using Microsoft.Playwright;
using VampNet.Gateway.Stages;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using VampNet.Testing;

namespace VampNet.Studio.Tests.Support;

/// <summary>The mesh with the weights that ship, over real sockets, and a browser without a window.</summary>
public sealed class Studio : IAsyncLifetime
{
    // On a busy machine; a test that passes waits for none of it.
    private const float Patience = 60_000;

    private static readonly string[] s_refusals = ["Failed to load resource", "WebSocket connection to"];

    private MeshHost? _host;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where screenshots go, to be looked at.</summary>
    public static string Pictures { get; } = Path.Combine(Repository.Root, "artifacts", "studio-pictures");

    /// <summary>The page.</summary>
    public Uri Address => _host!.Http!;

    /// <summary>Addresses of the stages, by their programs.</summary>
    internal StageAddresses Stages => _host!.Stages;

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        _host = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = Path.Combine(Repository.Root, "weights", "vampnet-mini") },
            Models = new Dictionary<string, string> { ["second"] = Path.Combine(Repository.Root, "weights", "vampnet-mini") },
            GatewayConfiguration = new Dictionary<string, string> { ["Http:Port"] = $"{FreePort.Find()}" },
        });
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Browser(),
            Args = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
    }

    /// <summary>Opens the page on a device, and afterwards sees to it that it asked nobody else and complained of nothing.</summary>
    /// <param name="fragment">of the address, with its "#"; empty = none</param>
    /// <param name="prepare">before the page is there; null = nothing</param>
    /// <param name="gateway">whose page it is; null = that of the mesh</param>
    internal async Task VisitAsync(
        Device device, Func<StudioPage, Task> visit, string fragment = "", Func<IPage, Task>? prepare = null, Uri? gateway = null)
    {
        gateway ??= Address;
        await using var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = device.Width, Height = device.Height },
            ColorScheme = device.Scheme,
            HasTouch = device.IsPhone,
            Permissions = ["clipboard-read", "clipboard-write", "microphone"],
        });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        var (hosts, complaints) = (new HashSet<string>(), new List<string>());
        page.Request += (_, request) => hosts.Add(new Uri(request.Url) is { Scheme: "http" or "https" } url ? url.Authority : "");
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) =>
        {
            // That the gateway said no is what the page shows.
            if (message.Type is "error" or "warning" && !s_refusals.Any(text => message.Text.StartsWith(text, StringComparison.Ordinal)))
                complaints.Add(message.Text);
        };
        if (prepare is not null)
            await prepare(page);
        page.WebSocket += (_, socket) => hosts.Add(new Uri(socket.Url).Authority);
        await page.GotoAsync(new Uri(gateway, fragment).ToString());
        await Assertions.Expect(page.Locator("#model option").Or(page.GetByRole(AriaRole.Alert))).Not.ToHaveCountAsync(0);
        await visit(new StudioPage(page));
        Assert.Empty(hosts.Except([gateway.Authority, ""])); // blobs have no host
        Assert.Empty(complaints);
    }

    private static string Browser() =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').SelectMany(folder => new[] { "chromium", "google-chrome" }.Select(
            name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("Chromium is missing: scripts/deps.sh --test");
}

/// <summary>What the page is seen on.</summary>
internal sealed record Device(string Name, int Width, int Height, ColorScheme Scheme, bool IsPhone = false)
{
    public static Device Desktop { get; } = new("desktop", 1280, 860, ColorScheme.Dark);

    public static Device Paper { get; } = new("paper", 1280, 860, ColorScheme.Light);

    public static Device Phone { get; } = new("phone", 390, 844, ColorScheme.Dark, IsPhone: true);

    public static Device Of(string name) => new[] { Desktop, Paper, Phone }.Single(device => device.Name == name);
}

/// <summary>Tests that share the mesh and the browser.</summary>
[CollectionDefinition(Name)]
public sealed class StudioTests : ICollectionFixture<Studio>
{
    public const string Name = "studio";
}
