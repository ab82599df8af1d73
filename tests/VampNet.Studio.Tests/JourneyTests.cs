using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VampNet.Audio.Files;
using VampNet.Studio.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace VampNet.Studio.Tests;

/// <summary>What people do on the page, from music to takes of it.</summary>
[Collection(StudioTests.Name)]
public sealed partial class JourneyTests(Support.Studio studio)
{
    [Theory]
    [InlineData("desktop")]
    [InlineData("phone")]
    public Task Takes_are_made_heard_compared_saved_and_used_again(string name) => studio.VisitAsync(Device.Of(name), async page =>
    {
        var device = Device.Of(name);
        await page.PictureAsync(device, "empty");
        await page.OpenClipAsync();
        await page.HurryAsync(takes: 2);
        await page.ChooseAsync("small variation");
        await page.GenerateAsync();
        await Expect(page.DoneTakes).ToHaveCountAsync(2);
        await page.PictureAsync(device, "takes");

        // The first one sounds already; A against B, and round again.
        await Expect(page.Page.GetByLabel("B take 1")).ToBeCheckedAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Loop", Exact = true }).ClickAsync();
        await page.DoneTakes.First.GetByRole(AriaRole.Button, new() { Name = "hear it" }).ClickAsync();
        await page.ExpectSoundAsync();
        await page.Page.Keyboard.PressAsync("a");
        await Expect(page.Page.GetByLabel("A source")).ToBeCheckedAsync();
        await page.ExpectSoundAsync();
        await page.Page.Keyboard.PressAsync("2");
        await Expect(page.Page.GetByLabel("B take 2")).ToBeCheckedAsync();

        // Each says its seed, the second that of the first and one.
        var seeds = (await page.DoneTakes.AllInnerTextsAsync()).Select(text => ulong.Parse(Seed().Match(text).Groups[1].Value)).ToList();
        Assert.NotEqual(seeds[0], seeds[1]);

        var (wavName, wav) = await page.DownloadAsync(page.DoneTakes.First, "download WAV");
        var (_, flac) = await page.DownloadAsync(page.DoneTakes.First, "download FLAC");
        var (_, vamp) = await page.DownloadAsync(page.DoneTakes.First, "download .vamp");
        Assert.Equal($"clip-{seeds[0]}.wav", wavName);
        var (take, packed) = (AudioFile.Read(wav), AudioFile.Read(flac));
        Assert.Equal((Excerpt.Audio.Frames, Excerpt.Audio.SampleRate), (take.Frames, take.SampleRate));
        Assert.Equal("fLaC"u8, flac.AsSpan(0, 4));
        Assert.Equal(take.Samples.Length, packed.Samples.Length);
        Assert.All(take.Samples.Zip(packed.Samples), pair => Assert.Equal(Math.Clamp(pair.First, -1, 1), pair.Second, 1e-6)); // 24 bits
        Assert.Equal("VAMP"u8, vamp.AsSpan(0, 4));

        await page.DoneTakes.First.GetByRole(AriaRole.Button, new() { Name = "use as input" }).ClickAsync();
        await Expect(page.Page.Locator("#source-facts")).ToContainTextAsync($"clip-{seeds[0]}.wav");
        await page.GenerateAsync();
        await Expect(page.DoneTakes).ToHaveCountAsync(4);
    });

    [Theory]
    [InlineData("paper")]
    [InlineData("phone")]
    public Task A_region_is_drawn_and_only_it_is_played_anew(string name) => studio.VisitAsync(Device.Of(name), async page =>
    {
        await page.OpenClipAsync();
        await page.HurryAsync();
        await page.DragAsync(page.Page.Locator("#wave"), (0.4f, 0.5f), (0.7f, 0.5f));
        await Expect(page.Page.GetByText("A region", new() { Exact = true })).ToBeVisibleAsync();
        var (from, to) = (await Number(page, "#from"), await Number(page, "#to"));
        Assert.InRange(from, 1.1, 1.3);
        Assert.InRange(to, 2.0, 2.2);
        await page.ChooseAsync("unconditional");
        await page.GenerateAsync();
        await page.PictureAsync(Device.Of(name), "region");

        var take = AudioFile.Read((await page.DownloadAsync(page.DoneTakes.First, "download WAV")).Content);
        var changed = take.Samples.Zip(Excerpt.Audio.Samples).Index().Where(pair => pair.Item.First != pair.Item.Second)
            .Select(pair => pair.Index / take.Channels / (double)take.SampleRate).ToList();
        // Frames and their crossfades reach beyond the region by some hundredths of a second; all else is the source, bit for bit.
        Assert.InRange(changed.Min(), from - 0.05, from + 0.05);
        Assert.InRange(changed.Max(), to - 0.05, to + 0.05);
    });

    [Fact]
    public Task Music_goes_on_where_it_ends() => studio.VisitAsync(Device.Desktop, async page =>
    {
        await page.OpenClipAsync();
        await page.HurryAsync();
        await page.ChooseAsync("On from here");
        await page.Page.Locator("#from").FillAsync($"{Excerpt.Seconds}");
        await page.Page.Locator("#seconds").FillAsync("2");
        await page.GenerateAsync();
        var take = AudioFile.Read((await page.DownloadAsync(page.DoneTakes.First, "download WAV")).Content);
        Assert.Equal(Excerpt.Seconds + 2, take.Frames / (double)take.SampleRate, 0.05);
        Assert.Equal(Excerpt.Audio.Samples[..100_000], take.Samples[..100_000]);
    });

    [Fact]
    public Task A_link_brings_everything_back_and_makes_the_same_take() => studio.VisitAsync(Device.Desktop, async page =>
    {
        await page.OpenClipAsync();
        await page.HurryAsync();
        await page.Page.GetByLabel("Model").SelectOptionAsync("second");
        await page.ChooseAsync("large variation");
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Seed" }).FillAsync("41");
        await page.GenerateAsync();
        var (_, first) = await page.DownloadAsync(page.DoneTakes.First, "download WAV");
        var link = await Copied(page, "copy the link of this request");
        var curl = await Copied(page, "copy the curl line");
        Assert.StartsWith("curl ", curl, StringComparison.Ordinal);
        Assert.Contains("\"seed\":\"41\"", curl, StringComparison.Ordinal);
        Assert.Contains("\"model\":\"second\"", curl, StringComparison.Ordinal);
        Assert.Contains("audio=@clip.wav", curl, StringComparison.Ordinal);

        await studio.VisitAsync(Device.Phone, async other =>
        {
            await Expect(other.Problem).ToContainTextAsync("This link is for clip.wav");
            await other.OpenClipAsync();
            await Expect(other.Page.GetByRole(AriaRole.Textbox, new() { Name = "Seed" })).ToHaveValueAsync("41");
            await Expect(other.Page.GetByLabel("Model")).ToHaveValueAsync("second");
            await Expect(other.Page.GetByLabel("large variation", new() { Exact = true })).ToBeCheckedAsync();
            await other.GenerateAsync();
            Assert.Equal(first, (await other.DownloadAsync(other.DoneTakes.First, "download WAV")).Content);
        }, new Uri(link).Fragment);
    });

    private static async Task<double> Number(StudioPage page, string id) => double.Parse(await page.Page.Locator(id).InputValueAsync());

    private static async Task<string> Copied(StudioPage page, string button)
    {
        await page.DoneTakes.First.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await Expect(page.Page.Locator("#announcer")).ToContainTextAsync("copied");
        var text = await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        await page.Page.EvaluateAsync("document.getElementById('announcer').textContent = ''");
        return text;
    }

    [GeneratedRegex(@"seed (\d+)")]
    private static partial Regex Seed();
}
