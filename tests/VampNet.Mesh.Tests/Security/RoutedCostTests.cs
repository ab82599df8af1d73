using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Security;

/// <summary>What calls that the gateway routes take from the work that their tenant may ask for.</summary>
public sealed class RoutedCostTests
{
    private const uint Frames = 10;

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Every_stage_says_what_a_call_takes_and_the_tenant_pays_it()
    {
        using var package = new TinyPackage();
        await using var mesh = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = package.Folder },
            GatewayConfiguration = new Dictionary<string, string> { ["Tenants:default:FrameStepsPerMinute"] = "1" },
        });
        using var client = new VampNetClient(mesh.Gateway);
        var (coarse, audio, shown) = (GeneratorStage.Coarse, Sounds.Chord(0.5), Tokens.Of(4, Frames, _ => 7));
        var hidden = new TokenMask { Codebooks = 4, Frames = Frames, Data = ByteString.CopyFrom([.. Enumerable.Repeat((byte)1, 40)]) };
        await CostsAsync("generate", Frames * 20, options => client.GenerateAsync(coarse, Calls.Generation(20, Frames), options: options));
        await CostsAsync("embed", Frames, options => client.EmbedAsync(coarse, new EmbedRequest { Tokens = shown, Layer = 1 }, options));
        var score = new ScoreRequest { Tokens = shown, Mask = hidden };
        await CostsAsync("score", Frames, options => client.ScoreAsync(coarse, score, options));
        await CostsAsync("encode", 29, options => client.EncodeAsync(new MemoryStream(audio), options: options));
        await CostsAsync("decode", Frames, options => client.DecodeAsync(shown, new DecodeConfig(), Stream.Null, options));
        await CostsAsync("track", 29, options => client.TrackBeatsAsync(new MemoryStream(audio), options: options));

        // The tenant is as new as its account, which holds one frame-step and gets one a minute.
        static async Task CostsAsync(string tenant, uint frameSteps, Func<CallOptions, Task> call)
        {
            var options = new CallOptions(new Metadata { { "x-vampnet-tenant", tenant } });
            await call(options);
            var delay = (await RefusedAsync(() => call(options))).Detail<RetryInfo>()!.RetryDelay.ToTimeSpan();
            Assert.True(delay.TotalMinutes > frameSteps - 3 && delay.TotalMinutes <= frameSteps, $"{tenant}: {delay}");
        }
    }

    [Fact]
    public async Task Of_two_that_are_let_in_at_once_the_one_whose_work_is_heard_of_later_ends()
    {
        await using var mesh = await KnownCallers.StartAsync(_time, "--Tenants:studio:FrameStepsPerMinute=30");
        using var studio = mesh.Client("studio-key");
        var calls = Enumerable.Range(0, 2)
            .Select(_ => studio.GenerateAsync(GeneratorStage.Coarse, Calls.Generation(steps: 5, Frames))).ToList();
        await mesh.Stage.AtWorkAsync(2);
        mesh.Generator.Release();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);
        _ = Assert.Single(calls, call => call.IsCompletedSuccessfully);
        var error = await RefusedAsync(() => calls.Single(call => call.IsFaulted));
        Assert.Equal(21, error.Detail<RetryInfo>()!.RetryDelay.ToTimeSpan().TotalMinutes * 30); // 50 of 30 are spent, and one is needed
        await mesh.Stage.AtWorkAsync(0);
    }

    [Fact]
    public async Task What_fails_before_its_first_response_costs_nothing()
    {
        await using var mesh = await KnownCallers.StartAsync(_time, "--Tenants:studio:FrameStepsPerMinute=30");
        using var studio = mesh.Client("studio-key");
        mesh.Generator.Release();
        var request = Calls.Generation(steps: 5, Frames);
        await Errors.InvalidAsync(() => studio.GenerateAsync(GeneratorStage.Coarse, Calls.Generation(steps: -1, Frames)), "sampling.steps");
        await studio.GenerateAsync(GeneratorStage.Coarse, request);
        var error = await RefusedAsync(() => studio.GenerateAsync(GeneratorStage.Coarse, request));
        Assert.Equal(21, error.Detail<RetryInfo>()!.RetryDelay.ToTimeSpan().TotalMinutes * 30);
    }

    private static async Task<RpcException> RefusedAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((StatusCode.ResourceExhausted, "TENANT_COST_LIMIT"), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
        return error;
    }
}
