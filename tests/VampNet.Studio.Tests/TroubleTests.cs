using Microsoft.Playwright;
using VampNet.Studio.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace VampNet.Studio.Tests;

/// <summary>What the page does where something does not work, or shall not go on.</summary>
[Collection(StudioTests.Name)]
public sealed class TroubleTests(Support.Studio studio)
{
    [Fact]
    public Task A_file_that_is_no_audio_is_refused_in_words_and_what_was_there_stays() => studio.VisitAsync(Device.Desktop, async page =>
    {
        await page.OpenClipAsync();
        await page.Page.Locator("#file").SetInputFilesAsync(
            new FilePayload { Name = "notes.wav", MimeType = "audio/wav", Buffer = "These are no samples."u8.ToArray() });
        await Expect(page.Problem).ToContainTextAsync("audio");
        await Expect(page.Page.Locator("#source-facts")).ToContainTextAsync(Excerpt.Name);
        await page.PictureAsync(Device.Desktop, "problem");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Close the message" }).ClickAsync();
        await Expect(page.Problem).ToBeHiddenAsync();
    });

    [Fact]
    public Task A_value_that_the_gateway_refuses_is_named_and_marked() => studio.VisitAsync(Device.Phone, async page =>
    {
        await page.OpenClipAsync();
        await page.HurryAsync();
        // Past the browser's own check, as a link could bring it.
        await page.Page.Locator("#variations").EvaluateAsync("input => { input.removeAttribute('max'); input.value = 99; }");
        await page.Generate.ClickAsync();
        await Expect(page.Problem).ToContainTextAsync("variations");
        await Expect(page.Page.Locator("#variations")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Takes).ToHaveCountAsync(0);
        await page.PictureAsync(Device.Phone, "problem");
        await page.HurryAsync();
        await page.GenerateAsync();
    });

    [Fact]
    public Task A_region_that_is_missing_is_asked_for() => studio.VisitAsync(Device.Desktop, async page =>
    {
        await page.OpenClipAsync();
        await page.ChooseAsync("A region");
        await Expect(page.Page.Locator("#to")).ToHaveValueAsync("2"); // the middle, to begin with
        await page.Page.Locator("#to").FillAsync("0.5");
        await page.Generate.ClickAsync();
        await Expect(page.Problem).ToContainTextAsync("no region yet");
    });

    /// <summary>All stages share one device thread here: while the endless request ran, nothing else could.</summary>
    [Fact]
    public Task Stopping_ends_the_work_of_the_stages() => studio.VisitAsync(Device.Desktop, async page =>
    {
        await page.OpenClipAsync();
        await page.HurryAsync(takes: 8);
        await page.Page.Locator("#field-coarseSteps").EvaluateAsync(
            "input => { input.max = 1000; input.value = 1000; input.dispatchEvent(new Event('input')); }");
        await page.Generate.ClickAsync();
        await Expect(page.Page.Locator(".stage").First).ToContainTextAsync("coarse");
        await page.PictureAsync(Device.Desktop, "progress");
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Takes).ToHaveCountAsync(0);
        await Expect(page.Generate).ToBeEnabledAsync();
        await page.HurryAsync();
        await page.GenerateAsync();
    });

    [Fact]
    public Task A_gateway_that_is_gone_is_said() => studio.VisitAsync(Device.Desktop, async page =>
    {
        await page.OpenClipAsync();
        await page.Page.Context.SetOfflineAsync(true);
        await page.Generate.ClickAsync();
        await Expect(page.Problem).ToContainTextAsync("cannot be reached");
        await Expect(page.Takes).ToHaveCountAsync(0);
    });
}
