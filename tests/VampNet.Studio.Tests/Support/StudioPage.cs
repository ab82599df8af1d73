using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace VampNet.Studio.Tests.Support;

/// <summary>The page as a person uses it.</summary>
internal sealed class StudioPage(IPage page)
{
    public IPage Page => page;

    public ILocator Figures => page.Locator("#figures");

    public ILocator Problem => page.GetByRole(AriaRole.Alert);

    public ILocator PlayButton => page.Locator("#play");

    public ILocator Generate => page.GetByRole(AriaRole.Button, new() { Name = "Play it anew" });

    public ILocator Cancel => page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true });

    /// <summary>All takes, the newest request first.</summary>
    public ILocator Takes => page.Locator(".take");

    public ILocator DoneTakes => page.Locator(".take.done");

    /// <summary>The panel of the live loop.</summary>
    public ILocator Live => page.Locator("#live");

    public ILocator LiveState => page.Locator("#live-state");

    public ILocator StartLoop => page.GetByRole(AriaRole.Button, new() { Name = "Start the loop" });

    public ILocator StopLoop => page.GetByRole(AriaRole.Button, new() { Name = "Stop the loop" });

    /// <summary>All rounds that are shown, the newest first.</summary>
    public ILocator Rounds => page.Locator(".round");

    /// <summary>Those that were made in time.</summary>
    public ILocator Variations => Rounds.Filter(new() { HasText = "variation" });

    /// <summary>Chooses a file, and waits until its mask is there.</summary>
    public async Task OpenAsync(string name, byte[] file)
    {
        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "audio/wav", Buffer = file });
        await Expect(page.Locator("#source-facts")).ToContainTextAsync(name);
        await ExpectMaskAsync();
    }

    public Task OpenClipAsync() => OpenAsync(Excerpt.Name, Excerpt.File);

    public Task ExpectMaskAsync() => Expect(Figures).ToContainTextAsync("kept");

    /// <summary>Few steps: what is tested is the page.</summary>
    public async Task HurryAsync(int takes = 1)
    {
        var more = page.GetByText("More", new() { Exact = true });
        await more.ClickAsync();
        await page.GetByLabel("Coarse steps").FillAsync("2");
        await page.GetByLabel("Fine steps").FillAsync("1");
        await page.GetByRole(AriaRole.Spinbutton, new() { Name = "Takes" }).FillAsync($"{takes}");
        await more.ClickAsync();
    }

    /// <summary>Generates with the settings that are there, and waits for all takes.</summary>
    public async Task GenerateAsync()
    {
        await Generate.ClickAsync();
        await ExpectDoneAsync();
    }

    public async Task ExpectDoneAsync()
    {
        await Expect(Cancel).ToBeHiddenAsync();
        await Expect(DoneTakes.First).ToBeVisibleAsync();
        await Expect(Problem).ToBeHiddenAsync();
    }

    public Task ChooseAsync(string label) => page.GetByText(label, new() { Exact = true }).ClickAsync();

    /// <summary>Clicks a button of a take, and reads the file that comes.</summary>
    public async Task<(string Name, byte[] Content)> DownloadAsync(ILocator take, string button)
    {
        var download = await page.RunAndWaitForDownloadAsync(
            () => take.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync());
        return (download.SuggestedFilename, await File.ReadAllBytesAsync(await download.PathAsync()));
    }

    /// <summary>Drags along an element, from one share of its width and height to another.</summary>
    public async Task DragAsync(ILocator element, (float X, float Y) from, (float X, float Y) to)
    {
        await element.ScrollIntoViewIfNeededAsync();
        var box = (await element.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + from.X * box.Width, box.Y + from.Y * box.Height);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + to.X * box.Width, box.Y + to.Y * box.Height, new() { Steps = 8 });
        await page.Mouse.UpAsync();
    }

    /// <summary>Something sounds.</summary>
    public Task ExpectSoundAsync() => Expect(page.Locator("#level")).Not.ToHaveAttributeAsync("aria-valuenow", "0");

    /// <param name="meter">its name</param>
    public Task ExpectLevelAsync(string meter) =>
        Expect(page.GetByRole(AriaRole.Meter, new() { Name = meter, Exact = true })).Not.ToHaveAttributeAsync("aria-valuenow", "0");

    /// <summary>axe finds nothing that somebody could not see, hear or reach.</summary>
    public async Task ExpectAccessibleAsync()
    {
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.SelectMany(
            violation => violation.Nodes.Select(node => $"{violation.Id}: {violation.Help} {node.Html}"))));
    }

    public Task PictureAsync(Device device, string name) =>
        page.ScreenshotAsync(new() { FullPage = true, Path = Path.Combine(Studio.Pictures, $"{device.Name}-{name}.png") });
}
