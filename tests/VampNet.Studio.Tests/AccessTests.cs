using Microsoft.Playwright;
using VampNet.Studio.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace VampNet.Studio.Tests;

/// <summary>The page for those who do not see it, or use no pointer.</summary>
[Collection(StudioTests.Name)]
public sealed class AccessTests(Support.Studio studio)
{
    [Theory]
    [InlineData("desktop")]
    [InlineData("paper")]
    [InlineData("phone")]
    public Task Axe_finds_nothing(string name) => studio.VisitAsync(Device.Of(name), async page =>
    {
        await page.ExpectAccessibleAsync();
        await page.OpenClipAsync();
        await page.HurryAsync();
        await page.Page.GetByText("Prompt", new() { Exact = true }).ClickAsync();
        await page.ChooseAsync("A region");
        await page.ExpectAccessibleAsync();
        await page.Page.Locator("#to").FillAsync("0");
        await page.Generate.ClickAsync();
        await Expect(page.Problem).ToBeVisibleAsync();
        await page.ExpectAccessibleAsync();
        await page.ChooseAsync("All of it");
        await page.GenerateAsync();
        await page.ExpectAccessibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Keys" }).ClickAsync();
        await page.ExpectAccessibleAsync();
        await page.PictureAsync(Device.Of(name), "keys");
    });

    [Fact]
    public Task Keys_do_everything() => studio.VisitAsync(Device.Paper, async page =>
    {
        var keyboard = page.Page.Keyboard;
        await page.OpenClipAsync();
        await page.HurryAsync();
        await page.Page.Locator("#scroller").FocusAsync();
        await keyboard.PressAsync("l");
        await Expect(page.Page.Locator("#loop")).ToHaveAttributeAsync("aria-pressed", "true");
        await keyboard.PressAsync("ArrowRight");
        await Expect(page.Page.Locator("#time")).ToHaveTextAsync("0:01.0");
        await keyboard.PressAsync("[");
        await keyboard.PressAsync("Shift+ArrowRight");
        await keyboard.PressAsync("ArrowRight");
        await keyboard.PressAsync("]");
        await Expect(page.Page.Locator("#from")).ToHaveValueAsync("1");
        await Expect(page.Page.Locator("#to")).ToHaveValueAsync("2.1");
        await keyboard.PressAsync("g");
        await page.ExpectDoneAsync();
        await page.ExpectSoundAsync(); // at once, a second before the region at most
        await keyboard.PressAsync("Space");
        await Expect(page.PlayButton).ToHaveAccessibleNameAsync("Play");
        await keyboard.PressAsync("?");
        await Expect(page.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        // Whoever speaks to the computer turns single keys off.
        await page.Page.GetByLabel("single keys are shortcuts").UncheckAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();
        await keyboard.PressAsync("l");
        await Expect(page.Page.Locator("#loop")).ToHaveAttributeAsync("aria-pressed", "true");
    });
}
