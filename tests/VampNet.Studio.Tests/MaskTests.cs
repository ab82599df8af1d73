using Microsoft.Playwright;
using VampNet.Studio.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace VampNet.Studio.Tests;

/// <summary>The mask, as it is shown and painted.</summary>
[Collection(StudioTests.Name)]
public sealed class MaskTests(Support.Studio studio)
{
    [Fact]
    public Task The_mask_follows_presets_and_controls() => studio.VisitAsync(Device.Desktop, async page =>
    {
        await page.OpenClipAsync();
        await page.ChooseAsync("unconditional");
        await Expect(page.Figures).ToHaveTextAsync("0.0 % kept · 0 bit/s");
        await page.ChooseAsync("timbre transfer"); // every frame of 4 of 14 codebooks
        await Expect(page.Figures).ToContainTextAsync("28.6 % kept");
        await page.Page.GetByText("Prompt", new() { Exact = true }).ClickAsync();
        await page.Page.GetByLabel("Every n-th moment").FillAsync("2");
        await Expect(page.Page.GetByLabel("own prompt")).ToBeCheckedAsync();
        await Expect(page.Figures).ToContainTextAsync("14.");
        await page.Page.GetByLabel("Detail kept").FillAsync("14");
        await Expect(page.Figures).ToContainTextAsync(new System.Text.RegularExpressions.Regex("(50|49)\\.. % kept"));
        await page.PictureAsync(Device.Desktop, "prompt");
    });

    [Theory]
    [InlineData("desktop")]
    [InlineData("phone")]
    public Task A_painted_mask_is_the_prompt(string name) => studio.VisitAsync(Device.Of(name), async page =>
    {
        var mask = page.Page.Locator("#mask");
        await page.OpenClipAsync();
        await page.HurryAsync();
        await page.ChooseAsync("unconditional");
        await Expect(page.Figures).ToHaveTextAsync("0.0 % kept · 0 bit/s");
        await page.ChooseAsync("Keep");
        await page.DragAsync(mask, (0.25f, 0.2f), (0.75f, 0.2f));
        await Expect(page.Figures).ToContainTextAsync(new System.Text.RegularExpressions.Regex("5[01]\\.. % kept"));
        await Expect(page.Page.GetByLabel("painted")).ToBeCheckedAsync();
        await page.PictureAsync(Device.Of(name), "painted");

        // The same with keys alone: the cell under the brush, and one beside it.
        var before = await page.Figures.InnerTextAsync();
        await page.ChooseAsync("Replay");
        await mask.FocusAsync();
        await page.Page.Keyboard.PressAsync("Space");
        await page.Page.Keyboard.PressAsync("Shift+ArrowLeft");
        await Expect(page.Page.Locator("#announcer")).ToContainTextAsync("played anew");
        await Expect(page.Figures).Not.ToHaveTextAsync(before);

        await page.GenerateAsync();
        await Expect(page.DoneTakes.First).ToContainTextAsync("painted");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Undo painting" }).ClickAsync();
        await Expect(page.Figures).ToHaveTextAsync("0.0 % kept · 0 bit/s");
    });
}
