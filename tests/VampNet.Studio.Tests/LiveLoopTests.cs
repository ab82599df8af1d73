using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VampNet.Audio.Files;
using VampNet.Studio.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace VampNet.Studio.Tests;

/// <summary>The live loop. How early rounds are depends on the machine; that they come, and what is done with them, does not.</summary>
[Collection(StudioTests.Name)]
public sealed class LiveLoopTests(Support.Studio studio)
{
    [Theory]
    [InlineData("desktop")]
    [InlineData("paper")]
    [InlineData("phone")]
    public Task Music_goes_round_and_is_played_anew_and_a_round_is_kept(string name) => studio.VisitAsync(Device.Of(name), async page =>
    {
        await page.OpenClipAsync();
        await page.HurryAsync();
        await page.ChooseAsync("small variation");
        await Expect(page.Live).ToContainTextAsync("All of it goes round: 3.0 s.");
        await page.StartLoop.ClickAsync();
        await Expect(page.LiveState).ToContainTextAsync("loop");
        await Expect(page.Variations.First).ToBeVisibleAsync();
        await page.ExpectLevelAsync("Level of what is played");
        await page.ExpectLevelAsync("Level of what is played anew");
        await page.ExpectAccessibleAsync();
        await page.PictureAsync(Device.Of(name), "live");

        await page.Variations.First.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Expect(page.DoneTakes).ToHaveCountAsync(1);
        await Expect(page.DoneTakes.First).ToContainTextAsync("live, round");
        await page.StopLoop.ClickAsync();
        await Expect(page.StartLoop).ToBeVisibleAsync();
        await Expect(page.LiveState).ToBeEmptyAsync();

        var (fileName, wav) = await page.DownloadAsync(page.DoneTakes.First, "download WAV");
        Assert.Matches(@"^clip-live-\d+\.wav$", fileName);
        var take = AudioFile.Read(wav);
        Assert.Equal((Excerpt.Audio.Frames, Excerpt.Audio.SampleRate), (take.Frames, take.SampleRate));
        Assert.InRange(take.Samples.Max(MathF.Abs), 0.01f, 1.5f);
        Assert.NotEqual(Excerpt.Audio.Samples, take.Samples);
        // What was played along with, nobody else can play along with: there is no request to hand on.
        await Expect(page.DoneTakes.First.GetByRole(AriaRole.Button, new() { Name = "copy" })).ToHaveCountAsync(0);
        await page.DoneTakes.First.GetByRole(AriaRole.Button, new() { Name = "use as input" }).ClickAsync();
        await Expect(page.Page.Locator("#source-facts")).ToContainTextAsync("clip-live-");
    });

    [Theory]
    [InlineData("desktop")]
    [InlineData("phone")]
    public Task Whoever_plays_into_the_microphone_is_answered(string name) => studio.VisitAsync(Device.Of(name), async page =>
    {
        await page.PictureAsync(Device.Of(name), "empty");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Play along with a microphone" }).ClickAsync();
        await Expect(page.StartLoop).ToBeFocusedAsync();
        await page.HurryAsync();
        await page.Page.GetByLabel("Tempo").FillAsync("80");
        await page.Page.GetByLabel("Bars").FillAsync("1");
        await Expect(page.Live).ToContainTextAsync("Loops of 3.0 s.");
        await page.ExpectAccessibleAsync();
        await page.StartLoop.ClickAsync();
        await Expect(page.LiveState).ToContainTextAsync("count-in, beat");
        await page.PictureAsync(Device.Of(name), "count-in");
        await Expect(page.LiveState).ToContainTextAsync(new Regex("loop \\d+, beat \\d"));
        await page.ExpectLevelAsync("Level of what is played"); // a microphone of Chromium's own, which beeps
        await Expect(page.Variations.First).ToBeVisibleAsync();
        await page.ExpectLevelAsync("Level of what is played anew");
        await page.ExpectAccessibleAsync();
        await page.PictureAsync(Device.Of(name), "live-microphone");

        // What is heard is kept by a key, and all of it is ended by one.
        await page.Page.Keyboard.PressAsync("k");
        await Expect(page.DoneTakes).ToHaveCountAsync(1);
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.StartLoop).ToBeVisibleAsync();
        var take = AudioFile.Read((await page.DownloadAsync(page.DoneTakes.First, "download WAV")).Content);
        Assert.Equal((3 * take.SampleRate, 1), (take.Frames, take.Channels));

        // It is heard without any music to compare it with, and is gone without a trace.
        await page.DoneTakes.First.GetByRole(AriaRole.Button, new() { Name = "hear it" }).ClickAsync();
        await page.ExpectSoundAsync();
        await Expect(page.Page.GetByLabel("A source")).ToBeDisabledAsync();
        await page.DoneTakes.First.GetByRole(AriaRole.Button, new() { Name = "remove" }).ClickAsync();
        await Expect(page.Page.Locator("#transport")).ToBeHiddenAsync();
        await page.Generate.ClickAsync();
        await Expect(page.Problem).ToContainTextAsync("There is no music yet");
    });

    [Fact]
    public Task Controls_change_what_goes_round_from_the_next_loop_on() => studio.VisitAsync(Device.Paper, async page =>
    {
        var closed = new List<Task>(); // of each session
        page.Page.WebSocket += (_, socket) =>
        {
            var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            socket.Close += (_, _) => end.SetResult();
            closed.Add(end.Task);
        };
        await page.OpenClipAsync();
        await page.HurryAsync();
        await page.ChooseAsync("A region");
        await page.Page.Locator("#from").FillAsync("0.5");
        await page.Page.Locator("#to").FillAsync("2");
        await Expect(page.Live).ToContainTextAsync("The region goes round: 1.50 s.");
        await page.Page.Locator("#scroller").FocusAsync();
        await page.Page.Keyboard.PressAsync("v");
        await Expect(page.Variations.First).ToBeVisibleAsync();
        await page.Page.GetByRole(AriaRole.Textbox, new() { Name = "Seed" }).FillAsync("500");
        // Whole, since the seed that was drawn for the first session may begin with these digits, too.
        await Expect(page.Rounds.Filter(new() { HasTextRegex = new(@"seed 5\d\d(?!\d)") }).First).ToBeVisibleAsync();
        await closed[0];
        Assert.Equal(2, closed.Count);
        Assert.False(closed[1].IsCompleted);
        // Rounds are counted on, but for one that the first session may still have been making.
        var names = await page.Rounds.Locator("strong").AllInnerTextsAsync();
        var numbers = names.Select(name => int.Parse(name["Round ".Length..])).ToList();
        Assert.Equal(numbers.Distinct().OrderDescending(), numbers);
        Assert.InRange(numbers[0] - numbers[^1], numbers.Count - 1, numbers.Count);
        await page.Page.Locator("#scroller").FocusAsync();
        await page.Page.Keyboard.PressAsync("v");
        await Expect(page.StartLoop).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#announcer")).ToHaveTextAsync("The live loop has ended.");
        await Task.WhenAll(closed);
    });

    /// <summary>Each round begins on the sample where the one before ends, and goes round where the next one is late.</summary>
    [Fact]
    public Task Rounds_have_no_gap() => studio.VisitAsync(Device.Desktop, async page =>
    {
        const string Rendered = """
            async lateBy => {
                const { RoundPlayer } = await import('/studio.js');
                const [rate, length, first] = [44100, 22000, 4410];
                const tone = i => Math.sin(2 * Math.PI * 441 * i / rate); // whole periods in a round
                const round = scale => {
                    const buffer = new AudioBuffer({ sampleRate: rate, length, numberOfChannels: 1 });
                    buffer.copyToChannel(Float32Array.from({ length }, (_, i) => scale * tone(i)), 0);
                    return buffer;
                };
                const context = new OfflineAudioContext(1, first + 4 * length, rate);
                const player = new RoundPlayer(context.destination);
                const due = n => (first + n * length) / rate;
                player.play(round(1), due(0));
                player.play(round(0.5), due(1));
                let change = 0;
                context.suspend(due(2) + lateBy - 0.1).then(() => {
                    change = Math.round(player.play(round(0.25), due(2)) * rate);
                    context.resume();
                });
                const heard = (await context.startRendering()).getChannelData(0);
                const fade = change > first + 2 * length ? 0.01 * rate : 0;
                let most = 0;
                for (let i = 0; i < heard.length; i++) {
                    const n = i - first;
                    const scale = n < 0 ? 0 : n < length ? 1 : i < change ? 0.5 : 0.25;
                    // The sound changes on the sample, or within a fade where the round is late.
                    if (i < change || i > change + fade) most = Math.max(most, Math.abs(heard[i] - scale * tone(n)));
                }
                return [most, fade];
            }
            """;
        foreach (var lateBy in new[] { 0.0, 0.3 })
        {
            var found = await page.Page.EvaluateAsync<double[]>(Rendered, lateBy);
            Assert.InRange(found[0], 0, 1e-6);
            Assert.Equal(lateBy > 0, found[1] > 0);
        }
    });
}
