using Grpc.Core;
using VampNet.Core;
using VampNet.Gateway.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A call that the gateway only routes, to a stage whose steps the test holds.</summary>
public sealed class RoutedCallTests : IAsyncLifetime
{
    private const int Patience = 60_000; // in ms

    private StageHost _stage = null!;
    private StageHost _gateway = null!;

    private HeldGenerator Generator { get; } = new();

    public async Task InitializeAsync()
    {
        _stage = await StageHost.CoarseAsync(Generator);
        _gateway = await StageHost.GatewayAsync(_stage.Address, "--Drain:Seconds=0");
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _stage.DisposeAsync();
    }

    [Theory(Timeout = Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_ends_with_unavailable_within_the_grace_of_a_gateway_that_ends(bool hasBegun)
    {
        using var call = await BeginAsync(hasBegun);
        _gateway.Drain();
        await AssertUnavailableAsync(call, hasBegun ? null : "DRAINING");
        await _gateway.StopAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_gateway_that_ends_refuses_it()
    {
        await using var gateway = await StageHost.GatewayAsync(_stage.Address, "--Drain:Seconds=30");
        using var first = await BeginAsync(hasBegun: false, gateway);
        gateway.Drain();
        using var second = Client(gateway).Generate(Calls.Generation(steps: 5));
        await AssertUnavailableAsync(second, "DRAINING");
        Generator.Release();
        await first.ResponseStream.ReadToEndAsync();
    }

    [Theory(Timeout = Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_ends_with_unavailable_when_its_replica_is_given_up(bool hasBegun)
    {
        using var call = await BeginAsync(hasBegun);
        Assert.Equal(1, _gateway.Get<StageClients>().Of(StageInfo.Coarse).Replicas[0].Abandon());
        await AssertUnavailableAsync(call, hasBegun ? null : "REPLICA_SILENT");
    }

    [Fact(Timeout = Patience)]
    public async Task It_ends_with_unavailable_when_its_replica_cannot_be_reached()
    {
        await using var gateway = await StageHost.GatewayAsync(StageHost.Nowhere, "--Replicas:WaitSeconds=0");
        using var call = Client(gateway).Generate(Calls.Generation(steps: 5));
        await AssertUnavailableAsync(call, "REPLICA_LOST");
    }

    [Fact(Timeout = Patience)]
    public async Task It_waits_for_a_replica_that_is_away()
    {
        var stage = await StageHost.CoarseAsync(new HeldGenerator());
        await using var gateway = await StageHost.GatewayAsync(stage.Address);
        var replica = gateway.Get<StageClients>().Of(StageInfo.Coarse).Replicas[0];
        while (!replica.MayServe)
            await Task.Yield();
        await stage.KillAsync();
        while (replica.MayServe)
            await Task.Yield();
        using var call = Client(gateway).Generate(Calls.Generation(steps: 5));
        Generator.Release();
        await using var again = await StageHost.CoarseAsync(Generator, settings: $"--Urls={stage.Address}");
        await call.ResponseStream.ReadToEndAsync();
    }

    /// <param name="hasBegun">its caller has heard of its first step</param>
    private async Task<AsyncServerStreamingCall<GenerateResponse>> BeginAsync(bool hasBegun, StageHost? gateway = null)
    {
        var call = Client(gateway ?? _gateway).Generate(Calls.Generation(steps: 5));
        await Generator.Started.WaitAsync();
        if (hasBegun)
        {
            Generator.Permits.Release();
            Assert.True(await call.ResponseStream.MoveNext());
            await Generator.Started.WaitAsync();
        }
        return call;
    }

    private static CoarseGeneratorService.CoarseGeneratorServiceClient Client(StageHost gateway) => new(gateway.Channel);

    /// <param name="reason">null = a stream that is reset cannot give one</param>
    private static async Task AssertUnavailableAsync(AsyncServerStreamingCall<GenerateResponse> call, string? reason)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ReadToEndAsync());
        Assert.Equal((StatusCode.Unavailable, reason), (error.StatusCode, error.Detail<Google.Rpc.ErrorInfo>()?.Reason));
    }
}
