using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Prompts;
using VampNet.Gateway.Songs;
using VampNet.Gateway.Stages;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;
using MaskFigures = VampNet.Model.Prompts.MaskFigures;

namespace VampNet.Gateway.Pipeline;

/// <summary>encode (and beats) → mask → coarse → fine → decode, each by its own stage.</summary>
/// <remarks>In all methods: audio = bytes of the input, as they arrive; options = deadline and cancellation of every call to a stage.</remarks>
internal sealed class VampPipeline(StageClients stages, IOptions<MeshLimits> limits, TimeProvider time)
{
    /// <param name="send">sends one answer to the caller</param>
    public async Task VampAsync(VampConfig config, IAsyncEnumerable<ByteString> audio, Func<VampResponse, Task> send, CallOptions options)
    {
        var (plan, models) = await PlanAsync(config, options);
        using var answers = new Answers(send);
        await answers.SendAsync(new VampResponse { Started = new VampStarted { Config = plan.Config } });
        var clock = new StageClock(time);
        using var song = await Listener(plan, answers, clock, options).ListenAsync(audio);
        await answers.SendAsync(new VampResponse { Source = song.Source });
        var run = new VampRun(stages, plan, models, answers, clock, time, options);
        for (var variation = 0; variation < plan.Variations; variation++)
            await run.VaryAsync(song, variation);
    }

    public async Task<PreviewResponse> PreviewAsync(VampConfig config, IAsyncEnumerable<ByteString> audio, CallOptions options)
    {
        var (plan, _) = await PlanAsync(config, options);
        using var silent = new Answers(_ => Task.CompletedTask);
        using var song = await Listener(plan, silent, new StageClock(time), options).ListenAsync(audio);
        var mask = plan.Mask(song, plan.Seed(0));
        return new PreviewResponse { Config = plan.Config, Source = song.Source, Mask = mask.ToProto(), Figures = MaskFigures.Of(mask, song.Layout.Rate).ToProto() };
    }

    private SongListener Listener(VampPlan plan, Answers answers, StageClock clock, CallOptions options) => new(stages, plan, limits.Value, answers, clock, options);

    private async Task<(VampPlan Plan, GeneratorModels Models)> PlanAsync(VampConfig config, CallOptions options)
    {
        var request = new GetModelRequest { Model = config.Model };
        var (coarse, fine) = (stages.Coarse.GetModelAsync(request, options), stages.Fine.GetModelAsync(request, options));
        var models = new GeneratorModels(await coarse, await fine);
        return (VampPlan.From(config, models.Codebooks, limits.Value), models);
    }
}

/// <summary>What the two generators serve.</summary>
internal sealed record GeneratorModels(GetModelResponse Coarse, GetModelResponse Fine)
{
    /// <summary>All codebooks of the codec.</summary>
    public int Codebooks => (int)Fine.Codebooks;

    /// <summary>Those that the coarse model generates.</summary>
    public int CoarseCodebooks => (int)Coarse.Codebooks;
}
