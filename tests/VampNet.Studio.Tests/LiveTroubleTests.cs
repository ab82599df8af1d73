using Microsoft.Playwright;
using VampNet.Studio.Tests.Support;
using VampNet.Testing;
using static Microsoft.Playwright.Assertions;

namespace VampNet.Studio.Tests;

/// <summary>What the page does where a live loop cannot begin, or go on.</summary>
[Collection(StudioTests.Name)]
public sealed class LiveTroubleTests(Support.Studio studio)
{
    [Fact]
    public Task A_loop_that_is_too_short_is_refused_in_words() => studio.VisitAsync(Device.Phone, async page =>
    {
        await page.OpenClipAsync();
        await page.ChooseAsync("A region");
        await page.Page.Locator("#from").FillAsync("1");
        await page.Page.Locator("#to").FillAsync("1.3");
        await page.StartLoop.ClickAsync();
        await Expect(page.Problem).ToContainTextAsync("loops of 0.3 s, expected 0.5 to 30 s");
        await Expect(page.StartLoop).ToBeVisibleAsync();
        await page.PictureAsync(Device.Phone, "live-problem");
    });

    [Fact]
    public async Task A_connection_that_is_lost_is_said_and_one_can_start_again()
    {
        IWebSocketRoute? connection = null;
        await studio.VisitAsync(
            Device.Desktop,
            async page =>
            {
                await page.OpenClipAsync();
                await page.HurryAsync();
                await page.StartLoop.ClickAsync();
                await Expect(page.Rounds.First).ToBeVisibleAsync();
                await connection!.CloseAsync(new() { Code = 1001 });
                await Expect(page.Problem).ToContainTextAsync("The connection was lost");
                await Expect(page.LiveState).ToBeEmptyAsync();
                await page.StartLoop.ClickAsync();
                await Expect(page.Problem).ToBeHiddenAsync();
                await Expect(page.Rounds.First).ToBeVisibleAsync();
            },
            prepare: page => page.RouteWebSocketAsync("**/v1/live", route =>
            {
                connection = route;
                route.ConnectToServer();
            }));
    }

    [Fact]
    public Task A_gateway_that_is_gone_is_said() => studio.VisitAsync(Device.Desktop, async page =>
    {
        await page.OpenClipAsync();
        await page.Page.Context.SetOfflineAsync(true);
        await page.StartLoop.ClickAsync();
        await Expect(page.Problem).ToContainTextAsync("cannot be reached");
        await Expect(page.StartLoop).ToBeVisibleAsync();
    });

    [Fact]
    public Task A_microphone_that_is_missing_is_said() => studio.VisitAsync(
        Device.Phone,
        async page =>
        {
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Play along with a microphone" }).ClickAsync();
            await page.StartLoop.ClickAsync();
            await Expect(page.Problem).ToContainTextAsync("There is no microphone.");
            await Expect(page.StartLoop).ToBeVisibleAsync();
        },
        prepare: page => page.AddInitScriptAsync(
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError'); }"));

    [Fact]
    public async Task A_key_that_may_not_is_told_and_one_that_may_is_let_in()
    {
        using var folder = new TemporaryFolder();
        ApiKeyFile.Write(
            folder.File("keys.json"), ("listener", "band", ["models:read", "preview", "tokens"]), ("player", "band", ["live"]));
        await using var gateway = await OwnGateway.StartAsync(studio.Stages, $"--Authentication:ApiKeysPath={folder.File("keys.json")}");
        await studio.VisitAsync(
            Device.Desktop,
            async page =>
            {
                await Expect(page.Problem).ToContainTextAsync("This gateway wants a key");
                await page.Page.GetByLabel("Key", new() { Exact = true }).FillAsync("listener");
                await page.Page.GetByRole(AriaRole.Button, new() { Name = "Use it" }).ClickAsync();
                await page.OpenClipAsync();
                await page.StartLoop.ClickAsync();
                await Expect(page.Problem).ToContainTextAsync("needs the scope \"live\"");
                await page.Page.EvaluateAsync("sessionStorage.setItem('api-key', 'player')");
                await page.StartLoop.ClickAsync();
                await Expect(page.Rounds.First).ToBeVisibleAsync();
            },
            gateway: gateway.Address);
    }
}
