using Grpc.Core;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Prompts;
using VampNet.Gateway.Rendering;
using VampNet.Gateway.Songs;
using VampNet.Gateway.Stages;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;
using MaskFigures = VampNet.Model.Prompts.MaskFigures;
using TokenMask = VampNet.Model.Tokens.TokenMask;

namespace VampNet.Gateway.Pipeline;

/// <summary>A song on its way through the generators and back to sound.</summary>
/// <param name="heard">times of the stages that made the song</param>
internal sealed class VampRun(RequestStages stages, VampPlan plan, StageModels models, Answers answers, StageClock heard, SongTelemetry telemetry, TimeProvider time, CallOptions options)
{
    /// <summary>One variation: coarse, fine, decode.</summary>
    /// <param name="mask">what to generate</param>
    public async Task VaryAsync(Song song, TokenMask mask, int variation)
    {
        using var measured = telemetry.Variation(variation);
        answers.Variation = (uint)variation;
        var seed = plan.Seed(variation);
        if (plan.Config.ReturnMask)
            await answers.SendAsync(new VampResponse { Mask = mask.ToProto() });

        var clock = new StageClock(time, heard);
        await using var gate = new WindowGate(options, clock, measured);
        var channels = new SongGenerator(stages, plan, models, answers, gate).Start(song, mask, seed);
        await gate.WatchAsync(watched => new SongRenderer(stages, plan, answers, clock, measured, watched).RenderAsync(song, channels));
        var figures = MaskFigures.Of(mask, song.Layout.Rate).ToProto();
        await answers.SendAsync(new VampResponse { Summary = new VampSummary { Seed = seed, Figures = figures, Stages = { clock.Times() } } });
    }
}
