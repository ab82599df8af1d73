using VampNet.Client;
using VampNet.Core.Sampling;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Rendering;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Sources;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;
using MaskFigures = VampNet.Core.Prompts.MaskFigures;
using TokenMask = VampNet.Core.Tokens.TokenMask;

namespace VampNet.Gateway.Pipeline;

/// <summary>An encoded source on its way through the generators and back to sound.</summary>
internal sealed class VampRun(RequestContext context, WindowOptions windows)
{
    /// <summary>
    /// All variations: generated side by side, so that they share the generators' batches, and sent one after the other. When one
    /// fails, all end with its error.
    /// </summary>
    /// <param name="mask">what to generate, by the seed of the variation</param>
    public async Task RunAsync(EncodedSource source, int variations, Func<ulong, TokenMask> mask)
    {
        // All that are made side by side are together no longer than the longest source, and so take no more memory.
        var sideBySide = Math.Max(1, context.Limits.MaxFrames() / source.Layout.Frames);
        var begun = new Queue<(Variation Variation, IReadOnlyList<ITokenSource> Channels)>();
        await using var scheduler = new WindowScheduler(
            windows.Room(context.Models.Coarse.Served.Device, context.Stages.Coarse.Replicas),
            windows.Room(context.Models.Fine.Served.Device, context.Stages.Fine.Replicas), context.Options);
        var generator = new VariationGenerator(context, scheduler);
        try
        {
            for (var (sent, next) = (0, 0); sent < variations; sent++)
            {
                for (; next < Math.Min(variations, sent + sideBySide); next++)
                {
                    var variation = Begin(next, mask);
                    begun.Enqueue((variation, variation.Telemetry.Within(() => generator.Start(source, variation))));
                }
                var (first, channels) = begun.Dequeue();
                using (first)
                    await first.Telemetry.Within(() => SendAsync(source, first, channels, scheduler));
            }
        }
        finally
        {
            foreach (var (variation, _) in begun)
                variation.Dispose();
        }
    }

    private Variation Begin(int number, Func<ulong, TokenMask> mask)
    {
        var seed = Seeds.OfVariation(context.Plan.Config.Seed, number);
        return new Variation(number, seed, mask(seed), context.Responses.Of(number), context.Telemetry.Variation(number));
    }

    /// <summary>Everything that the caller gets of one variation.</summary>
    private async Task SendAsync(EncodedSource source, Variation variation, IReadOnlyList<ITokenSource> channels, WindowScheduler scheduler)
    {
        scheduler.Answer(variation);
        if (context.Plan.Config.ReturnMask)
            await variation.Responses.SendAsync(new VampResponse { Mask = variation.Mask.ToProto() });
        await scheduler.WatchAsync(watched => new AudioRenderer(context, variation, watched).RenderAsync(source, channels));
        var figures = MaskFigures.Of(variation.Mask, source.Layout.Rate).ToProto();
        var bill = new Bill
        {
            FrameSteps = (ulong)context.Plan.FrameSteps(source.Layout.Frames, channels.Count),
            AudioSeconds = (double)source.Layout.Samples / source.Layout.Rate.SampleRate,
        };
        variation.Telemetry.Made(bill);
        await variation.Responses.SendAsync(new VampResponse
        {
            Summary = new VampSummary { Seed = variation.Seed, Figures = figures, Stages = { variation.Telemetry.Times }, Bill = bill },
        });
    }
}
