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
internal sealed class VampRun(RequestStages stages, VampPlan plan, StageModels models, RunBounds bounds, Answers answers, StageClock heard, SongTelemetry telemetry, TimeProvider time, CallOptions options)
{
    /// <summary>
    /// All variations: generated side by side, so that they share the generators' batches, and answered one after the
    /// other. When one fails, all end with its error.
    /// </summary>
    /// <param name="mask">what to generate, by the number of the variation</param>
    public async Task RunAsync(Song song, int variations, Func<int, TokenMask> mask)
    {
        var sideBySide = Math.Max(1, bounds.MaxFrames / song.Layout.Frames);
        var begun = new Queue<(Variation Variation, IReadOnlyList<ITokenSource> Channels)>();
        await using var gate = new WindowGate(bounds.Windows.Room(models.Coarse.Device, stages.Coarse.Replicas), bounds.Windows.Room(models.Fine.Device, stages.Fine.Replicas), options);
        var generator = new SongGenerator(stages, plan, models, gate);
        try
        {
            for (var (answered, next) = (0, 0); answered < variations; answered++)
            {
                for (; next < Math.Min(variations, answered + sideBySide); next++)
                {
                    var variation = Begin(next, mask(next));
                    begun.Enqueue((variation, variation.Telemetry.Within(() => generator.Start(song, variation))));
                }
                var (first, channels) = begun.Dequeue();
                using (first)
                    await first.Telemetry.Within(() => AnswerAsync(song, first, channels, gate));
            }
        }
        finally
        {
            foreach (var (variation, _) in begun)
                variation.Dispose();
        }
    }

    private Variation Begin(int number, TokenMask mask) =>
        new(number, plan.Seed(number), mask, answers.Of(number), new StageClock(time, heard), telemetry.Variation(number));

    /// <summary>Everything that the caller gets of one variation.</summary>
    private async Task AnswerAsync(Song song, Variation variation, IReadOnlyList<ITokenSource> channels, WindowGate gate)
    {
        gate.Answer(variation);
        if (plan.Config.ReturnMask)
            await variation.Answers.SendAsync(new VampResponse { Mask = variation.Mask.ToProto() });
        await gate.WatchAsync(watched => new SongRenderer(stages, plan, variation, watched).RenderAsync(song, channels));
        var figures = MaskFigures.Of(variation.Mask, song.Layout.Rate).ToProto();
        await variation.Answers.SendAsync(new VampResponse { Summary = new VampSummary { Seed = variation.Seed, Figures = figures, Stages = { variation.Clock.Times() } } });
    }
}

/// <summary>How much of a request is made at once.</summary>
/// <param name="MaxFrames">of the longest song: variations that are made side by side are no longer together, and so take no more memory</param>
internal sealed record RunBounds(int MaxFrames, WindowOptions Windows);
