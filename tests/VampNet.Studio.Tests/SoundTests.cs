using Microsoft.Playwright;
using VampNet.Studio.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace VampNet.Studio.Tests;

/// <summary>What is heard, and when.</summary>
[Collection(StudioTests.Name)]
public sealed class SoundTests(Support.Studio studio)
{
    /// <summary>Nothing of the mesh is waited for: here it never answers.</summary>
    [Fact]
    public Task The_example_sounds_before_any_stage_has_answered() => studio.VisitAsync(
        Device.Desktop,
        async page =>
        {
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Hear the example" }).ClickAsync();
            await page.ExpectSoundAsync();
            await Expect(page.PlayButton).ToHaveAccessibleNameAsync("Pause");
            await page.Page.Locator("body").PressAsync("Space");
            await Expect(page.PlayButton).ToHaveAccessibleNameAsync("Play");
            await page.PictureAsync(Device.Desktop, "example");
        },
        prepare: page => page.RouteAsync(new System.Text.RegularExpressions.Regex("/v1/(preview|beats)"), _ => Task.CompletedTask));

    [Fact]
    public Task A_file_that_is_dropped_is_opened() => studio.VisitAsync(Device.Paper, async page =>
    {
        const string Dragged = """
            ([name, content]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([Uint8Array.from(atob(content), letter => letter.charCodeAt(0))], name));
                return transfer;
            }
            """;
        var transfer = await page.Page.EvaluateHandleAsync(Dragged, new[] { Excerpt.Name, Convert.ToBase64String(Excerpt.File) });
        await page.Page.DispatchEventAsync("body", "dragover", new { dataTransfer = transfer });
        await page.Page.DispatchEventAsync("body", "drop", new { dataTransfer = transfer });
        await Expect(page.Page.Locator("#source-facts")).ToContainTextAsync("bpm"); // its beats are there, too
        await page.ExpectMaskAsync();
    });

    [Fact]
    public Task A_take_is_heard_before_it_is_whole() => studio.VisitAsync(Device.Desktop, async page =>
    {
        await page.OpenClipAsync();
        await page.HurryAsync(takes: 3);
        await page.Generate.ClickAsync();
        // The first take sounds while others are being made.
        await page.ExpectSoundAsync();
        await Expect(page.Page.GetByLabel("B take 1")).ToBeCheckedAsync();
        await page.ExpectDoneAsync();
    });

    /// <summary>Pieces that come in, and the joins of a loop, are what they would be in one file, sample for sample.</summary>
    [Fact]
    public Task Pieces_and_loops_have_no_gap() => studio.VisitAsync(Device.Desktop, async page =>
    {
        const string Rendered = """
            async ([rate, pieces, loop, seconds]) => {
                const { Track, Voice } = await import('/studio.js');
                const tone = new Float32Array(rate).map((_, i) => Math.sin(2 * Math.PI * 441 * i / rate));
                const context = new OfflineAudioContext(1, seconds * rate, rate);
                const track = Track.expect('tone', { channels: 1, sampleRate: rate, samples: String(tone.length) });
                const bytes = new Uint8Array(tone.buffer);
                const size = Math.ceil(bytes.length / pieces);
                track.append(bytes.subarray(0, size + 1)); // cut within a sample
                const voice = new Voice(context.createGain(), track, 0, 0, loop, () => {});
                voice.gain.connect(context.destination);
                for (let at = size + 1; at < bytes.length; at += size) {
                    track.append(bytes.subarray(at, at + size));
                    voice.extend();
                }
                const heard = (await context.startRendering()).getChannelData(0);
                const length = loop ? Math.round((loop.to - loop.from) * rate) : tone.length;
                let most = 0;
                for (let i = 400; i < heard.length; i++) // after the fade
                    most = Math.max(most, Math.abs(heard[i] - (tone[loop ? i % length : i] ?? 0)));
                return most;
            }
            """;
        Assert.InRange(await page.Page.EvaluateAsync<double>(Rendered, new object?[] { 44_100, 7, null, 1 }), 0, 1e-6);
        Assert.InRange(
            await page.Page.EvaluateAsync<double>(Rendered, new object?[] { 44_100, 1, new { from = 0.0, to = 0.5 }, 2 }), 0, 1e-6);
    });

    [Fact]
    public Task A_recording_is_worked_on_like_any_file() => studio.VisitAsync(Device.Phone, async page =>
    {
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Record" }).ClickAsync();
        await Expect(page.Page.Locator("#record")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Page.Locator("#recorded")).ToHaveTextAsync("0:01");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop recording" }).ClickAsync();
        await Expect(page.Page.Locator("#source-facts")).ToContainTextAsync("recording-1.wav");
        await page.ExpectMaskAsync();
    });
}
