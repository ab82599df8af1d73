using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using VampNet.Core;
using VampNet.Core.Tokens;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Layers;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using VampNet.Services.Inference.Models;
using VampNet.Testing;
using static Grpc.Health.V1.HealthCheckResponse.Types;
using SamplingOptions = VampNet.Core.Sampling.SamplingOptions;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A new version of a package takes the place of the old one while the stage serves.</summary>
[Collection(MeshTests.Name)]
[NoTensorLeaks]
public sealed class ReloadTests : IDisposable
{
    private const string Bias = "classifier.layers.0.bias";

    /// <summary>Steps of a request that is still running when others come.</summary>
    private const int Long = 200;

    private readonly TinyPackage _package = new();
    private readonly ManualTime _time = new();
    private readonly LogChannel _log = new();

    public void Dispose() => _package.Dispose();

    [Fact]
    public async Task Requests_that_run_across_a_reload_all_succeed()
    {
        await using var stage = await StartAsync();
        var (before, longBefore) = (await GenerateAsync(stage.Channel), await GenerateAsync(stage.Channel, Long));
        using var watch = new Health.HealthClient(stage.Channel).Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext());
        Assert.Equal(ServingStatus.Serving, watch.ResponseStream.Current.Status);
        var change = watch.ResponseStream.MoveNext();

        using var running = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel).Generate(Request(Long));
        Assert.True(await running.ResponseStream.MoveNext()); // begun, on the version of now
        using var end = new CancellationTokenSource();
        var traffic = Enumerable.Range(0, 4).Select(_ => TrafficAsync(stage.Channel, end.Token)).ToArray();
        _package.Revise("2.0", PartNames.Coarse, Bias);
        await _time.TickAsync();
        await _log.NextAsync("tiny 2.0");
        var after = await GenerateAsync(stage.Channel);
        await end.CancelAsync();

        Assert.NotEqual(before, after);
        Assert.Equal(longBefore, await LastAsync(running));
        var answers = (await Task.WhenAll(traffic)).SelectMany(tokens => tokens).ToArray();
        Assert.NotEmpty(answers);
        Assert.All(answers, tokens => Assert.Contains(tokens, (TokenTensor[])[before, after]));
        Assert.Equal(
            "2.0", Assert.Single(
                (await new ModelService.ModelServiceClient(stage.Channel).ListModelsAsync(new ListModelsRequest())).Models).Version);
        Assert.False(change.IsCompleted); // it was serving all the time
        Assert.Equal(ServingStatus.Serving, (await new Health.HealthClient(stage.Channel).CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task A_lease_keeps_its_version_alive_until_it_ends()
    {
        await using var stage = await StartAsync();
        var models = stage.Get<ModelRegistry<ITokenGenerator>>();
        var before = await GenerateAsync(stage.Channel);
        var alone = TensorCount.Alive;
        using (var lease = models.Lease("default", "model"))
        {
            _package.Revise("2.0", PartNames.Coarse, Bias);
            await _time.TickAsync();
            await _log.NextAsync("tiny 2.0");
            Assert.NotEqual(before, await GenerateAsync(stage.Channel));
            Assert.True(TensorCount.Alive > alone);
            Assert.Equal("1.0.0", lease.Info.Version);
            Assert.Equal(before, (await lease.RunAsync("generate", frames: 20, Generate, CancellationToken.None)).ToProto());
        }
        using var other = models.Lease("", "model");
        while (TensorCount.Alive > alone) // the old version goes at the thread's next chance
            await other.RunAsync("nothing", 1, _ => true, CancellationToken.None);
    }

    [Fact]
    public async Task Calls_of_a_track_that_was_begun_before_get_the_weights_that_it_was_begun_with()
    {
        await using var stage = await StartAsync();
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        var weights = (await client.GetModelAsync(new GetModelRequest())).Served.Sha256;
        var before = await GenerateAsync(stage.Channel);
        Assert.Equal(before, await GenerateAsync(stage.Channel, weights: weights));
        _package.Revise("2.0", PartNames.Coarse, Bias);
        await _time.TickAsync();
        await _log.NextAsync("tiny 2.0");
        var after = await GenerateAsync(stage.Channel);

        Assert.NotEqual(before, after);
        Assert.Equal(before, await GenerateAsync(stage.Channel, weights: weights));
        Assert.Equal(
            after, await GenerateAsync(stage.Channel, weights: (await client.GetModelAsync(new GetModelRequest())).Served.Sha256));
        await AssertChangedAsync(stage.Channel, new string('0', 64));

        _time.Advance(TimeSpan.FromSeconds(61));
        stage.Get<ModelRegistry<ITokenGenerator>>().ReleaseReplaced(); // as the next look at the packages does
        await AssertChangedAsync(stage.Channel, weights);
    }

    /// <summary>However often somebody asks for it.</summary>
    [Fact]
    public async Task No_more_than_one_version_is_kept_beside_the_newest()
    {
        await using var stage = await StartAsync();
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        var versions = new List<string>();
        foreach (var (next, changed) in new[] { ("2.0", Bias), ("3.0", "embedding.out_proj.bias") })
        {
            versions.Add((await client.GetModelAsync(new GetModelRequest())).Served.Sha256);
            foreach (var version in versions)
                await GenerateAsync(stage.Channel, weights: version);
            _package.Revise(next, PartNames.Coarse, changed);
            await _time.TickAsync();
            await _log.NextAsync($"tiny {next}");
        }
        await AssertChangedAsync(stage.Channel, versions[0]);
        await GenerateAsync(stage.Channel, weights: versions[1]);
    }

    [Fact]
    public async Task A_broken_version_is_logged_and_the_old_one_goes_on_until_it_is_mended()
    {
        await using var stage = await StartAsync();
        var before = await GenerateAsync(stage.Channel);
        _package.Revise("2.0", PartNames.Coarse, Bias);
        _package.Damage(PartNames.Coarse);
        await _time.TickAsync();
        Assert.Matches(@"goes on with the old one: \S*coarse\.safetensors: tensor", await _log.NextAsync("new version of default"));
        Assert.Equal(before, await GenerateAsync(stage.Channel));
        Assert.Equal(ServingStatus.Serving, (await new Health.HealthClient(stage.Channel).CheckAsync(new HealthCheckRequest())).Status);

        _package.Damage(PartNames.Coarse); // the same damage again mends it; the manifest stays as it is
        await _time.TickAsync();
        await _log.NextAsync("tiny 2.0");
        Assert.NotEqual(before, await GenerateAsync(stage.Channel));
    }

    [Fact]
    public async Task With_watching_off_nothing_is_looked_at()
    {
        await using var stage = await StartAsync("--Model:WatchSeconds=0");
        await stage.StopAsync(); // by then it would have begun to watch
        Assert.False(_time.TickAsync().IsCompleted);
    }

    private Task<StageHost> StartAsync(params string[] more) =>
        StageHost.StartAsync(
            b => b.AddCoarseGenerator().Logging.AddProvider(_log), a => a.MapCoarseGenerator(), _time,
            [$"--Model:Path={_package.Folder}", .. more]);

    private static GenerateRequest Request(int steps) =>
        new(Calls.Generation(steps, frames: 60)) { Seed = 9 };

    private static TokenGrid Generate(ITokenGenerator generator) =>
        generator.Generate(
            TokenMapping.ToModel(Request(3).Tokens, "tokens", 60), new SamplingOptions { Steps = 3 }, 9, null, CancellationToken.None);

    private static async Task AssertChangedAsync(GrpcChannel channel, string weights)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => GenerateAsync(channel, weights: weights));
        Assert.Equal((StatusCode.Aborted, "WEIGHTS_CHANGED"), (error.StatusCode, error.Reason()));
    }

    /// <param name="weights">that the call expects; empty = any</param>
    private static async Task<TokenTensor> GenerateAsync(GrpcChannel channel, int steps = 3, string weights = "")
    {
        using var call = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel)
            .Generate(Request(steps), new CallOptions().WithWeights(weights));
        return await LastAsync(call);
    }

    private static async Task<TokenTensor> LastAsync(AsyncServerStreamingCall<GenerateResponse> call)
    {
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            if (response.Tokens is { } tokens)
                return tokens;
        }
        throw new InvalidDataException("no tokens came");
    }

    private static async Task<List<TokenTensor>> TrafficAsync(GrpcChannel channel, CancellationToken end)
    {
        var answers = new List<TokenTensor>();
        while (!end.IsCancellationRequested)
            answers.Add(await GenerateAsync(channel));
        return answers;
    }
}
