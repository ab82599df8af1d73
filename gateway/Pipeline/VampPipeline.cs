using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Containers;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Prompts;
using VampNet.Gateway.Songs;
using VampNet.Gateway.Songs.Listening;
using VampNet.Gateway.Stages;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;
using MaskFigures = VampNet.Model.Prompts.MaskFigures;

namespace VampNet.Gateway.Pipeline;

/// <summary>encode (and beats) → mask → coarse → fine → decode, each by its own stage.</summary>
/// <remarks>In all methods: audio = bytes of the input, as they arrive; options = deadline and cancellation of every call to a stage.</remarks>
internal sealed class VampPipeline(StageClients clients, ServedModels served, EncodeCache cache, IOptions<MeshLimits> limits, IOptions<WindowOptions> windows, GatewayMetrics metrics, TimeProvider time)
{
    private RunBounds Bounds => new(limits.Value.MaxFrames(), windows.Value);

    /// <param name="send">sends one answer to the caller</param>
    public async Task VampAsync(VampConfig config, IAsyncEnumerable<ByteString> audio, Func<VampResponse, Task> send, CallOptions options)
    {
        var telemetry = new SongTelemetry(metrics, time);
        var (plan, models) = await PlanAsync(config, options);
        using var answers = new Answers(send);
        await answers.OfAll.SendAsync(new VampResponse { Started = new VampStarted { Config = plan.Config } });
        var clock = new StageClock(time);
        var stages = clients.ForRequest();
        using var song = await new SongListener(stages, cache, plan, models.Codec.Sha256, limits.Value, answers.OfAll, clock, options).ListenAsync(audio);
        await answers.OfAll.SendAsync(new VampResponse { Source = song.Source });
        await new VampRun(stages, plan, models, Bounds, answers, clock, telemetry, time, options)
            .RunAsync(song, plan.Variations, variation => plan.Mask(song, plan.Seed(variation)));
    }

    public async Task<PreviewResponse> PreviewAsync(VampConfig config, IAsyncEnumerable<ByteString> audio, CallOptions options)
    {
        var (plan, models) = await PlanAsync(config, options);
        using var song = await ListenAsync(plan, models, audio, options);
        var mask = plan.Mask(song, plan.Seed(0));
        return new PreviewResponse { Config = plan.Config, Source = song.Source, Mask = mask.ToProto(), Figures = MaskFigures.Of(mask, song.Layout.Rate).ToProto() };
    }

    public async Task<CompressResponse> CompressAsync(VampConfig config, IAsyncEnumerable<ByteString> audio, CallOptions options)
    {
        if (config.Stereo == StereoPolicy.Mid)
            throw new InvalidRequestException("config.stereo", "is mid, but a file has no room for the sides of the source: mono or dual");
        // The reference shows the edges of its windows besides what the prompt keeps: a file would have to hold those too.
        if (config.CoarseSampling?.Mode == SamplingMode.Upstream)
            throw new InvalidRequestException("config.coarse_sampling.mode", "is upstream, which generates with tokens that the prompt does not keep: paper");
        var (plan, models) = await PlanAsync(config, options);
        using var song = await ListenAsync(plan, models, audio, options);
        var mask = plan.Mask(song, plan.Seed(0));
        var file = VampFileFormat.Write(song.ToFile(plan.Config, ModelFingerprint.Of(models), mask));
        return new CompressResponse
        {
            File = UnsafeByteOperations.UnsafeWrap(file),
            Config = plan.Config,
            Source = song.Source,
            Figures = MaskFigures.Of(mask, song.Layout.Rate).ToProto(),
        };
    }

    /// <param name="bytes">of a .vamp file, as they arrive</param>
    /// <param name="send">sends one answer to the caller</param>
    public async Task ExpandAsync(ExpandConfig wanted, IAsyncEnumerable<ByteString> bytes, Func<VampResponse, Task> send, CallOptions options)
    {
        var telemetry = new SongTelemetry(metrics, time);
        var file = VampFileFormat.Read(await VampFileFormat.CollectAsync(bytes, limits.Value.MaxFrames()), limits.Value.MaxFrames());
        var (name, models) = await FindModelAsync(file, options);
        var config = file.Config.Clone();
        (config.Model, config.Output, config.ReturnTokens, config.MatchSource) = (name, wanted.Output, wanted.ReturnTokens, wanted.MatchSource);
        var plan = VampPlan.From(config, models, limits.Value);
        using var song = Song.From(file);
        using var answers = new Answers(send);
        await answers.OfAll.SendAsync(new VampResponse { Started = new VampStarted { Config = plan.Config } });
        await answers.OfAll.SendAsync(new VampResponse { Source = song.Source });
        await new VampRun(clients.ForRequest(), plan, models, Bounds, answers, new StageClock(time), telemetry, time, options)
            .RunAsync(song, 1, _ => file.Mask);
    }

    private async Task<(VampPlan Plan, StageModels Models)> PlanAsync(VampConfig config, CallOptions options)
    {
        var models = await served.GetAsync(config.Model, options);
        return (VampPlan.From(config, models, limits.Value), models);
    }

    /// <summary>Hears a song for a request that is answered once, at its end.</summary>
    private async Task<Song> ListenAsync(VampPlan plan, StageModels models, IAsyncEnumerable<ByteString> audio, CallOptions options)
    {
        using var silent = new Answers(_ => Task.CompletedTask);
        return await new SongListener(clients.ForRequest(), cache, plan, models.Codec.Sha256, limits.Value, silent.OfAll, new StageClock(time), options).ListenAsync(audio);
    }

    /// <summary>The model whose weights a file was made with, whatever its name is here.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION: it is not served</exception>
    private async Task<(string Name, StageModels Models)> FindModelAsync(VampFile file, CallOptions options)
    {
        var names = (await served.ListAsync(options)).Select(model => model.Name).ToList();
        foreach (var name in names.OrderByDescending(name => name == file.Config.Model))
        {
            var models = await served.GetAsync(name, options);
            if (ModelFingerprint.Of(models).AsSpan().SequenceEqual(file.Model))
                return (name, models);
        }
        throw RpcErrors.Refuse(StatusCode.FailedPrecondition, $"the file was made with weights {Convert.ToHexStringLower(file.Model)}, which none of the served models has: {string.Join(", ", names)}", "MODEL_NOT_SERVED");
    }
}
