using Grpc.Core;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Sources;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Rendering;

/// <summary>
/// Tokens to sound: every channel through the codec as its windows get ready, and all together into the format asked for.
/// </summary>
internal sealed class AudioRenderer(RequestContext context, Variation variation, CallOptions options)
{
    // Samples per channel that are mixed at once.
    private const int PieceSamples = 16_384;

    // About a second is a step of progress.
    private const int StepSamples = 44_100;

    /// <param name="channels">tokens, which may still be in the making</param>
    public async Task RenderAsync(EncodedSource source, IReadOnlyList<ITokenSource> channels)
    {
        using var span = GatewaySpans.Render();
        var mixer = new Mixer(channels.Count, source.Side, source.Sound?.Channels);
        var header = Header(source, mixer.Outputs);
        await variation.Responses.SendAsync(new VampResponse { Header = header });
        using var writer = AudioOutput.Open(
            header, source.Layout.Rate.SampleRate, bytes => variation.Responses.SendAsync(new VampResponse { Audio = bytes }));
        if (source.Sound is { } sound)
            writer.Edit = new KeptSound(sound, source.Layout, variation.Mask).LayOver;
        var steps = variation.Responses.Steps(Stage.Decode, StepsOf(source.Layout.Samples));
        var decoded = channels.Select((tokens, i) => Decode(source, tokens, i)).ToList();
        try
        {
            var levelled = new LoudnessMatcher(
                [.. decoded.Select(channel => (Func<Memory<float>, Task>)channel.ReadAsync)], source.Layout, source.Opening);
            var pieces = channels.Select(_ => new float[PieceSamples]).ToArray();
            for (var (at, count) = (0L, 0); at < source.Layout.Samples; at += count)
            {
                count = await levelled.ReadAsync(pieces, (int)Math.Min(PieceSamples, source.Layout.Samples - at));
                await writer.WriteAsync(mixer.Mix(pieces, at - (long)source.Layout.Before * source.Layout.Rate.Hop, count));
                variation.Telemetry.AudioSent();
                await steps.AddAsync(StepsOf(at + count) - StepsOf(at));
            }
            variation.Telemetry.DecodingEnded();
            await writer.FinishAsync();
        }
        finally
        {
            foreach (var channel in decoded)
                await channel.DisposeAsync();
        }
    }

    private AudioHeader Header(EncodedSource source, int channels)
    {
        var header = context.Plan.Output.Header(source.Layout.Rate.SampleRate, channels, source.Layout.Samples);
        if (context.Plan.Config.MatchSource)
            (header.SampleRate, header.Samples) = (source.Source.SampleRate, (ulong)source.SourceLength);
        return header;
    }

    private static int StepsOf(long samples) => (int)((samples + StepSamples - 1) / StepSamples);

    private DecodedChannel Decode(EncodedSource source, ITokenSource tokens, int channel)
    {
        var config = new DecodeConfig
        {
            Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
            GainDb = -source.GainDb,
            Model = context.Plan.Config.Model,
        };
        return new DecodedChannel(
            context.Stages.Codec, config, new ChannelTokens(tokens, block => ReadyAsync(block, (uint)channel)), source.Layout, options);
    }

    private Task ReadyAsync(TokenTensor block, uint channel)
    {
        variation.Telemetry.DecodingStarted();
        return context.Plan.Config.ReturnTokens
            ? variation.Responses.SendAsync(new VampResponse { Tokens = block, Channel = channel })
            : Task.CompletedTask;
    }
}

/// <summary>
/// Decoded channels to interleaved output: one or two as they are, or a middle between the sides of the source. Where more are wanted,
/// the others get the mean.
/// </summary>
/// <param name="channels">decoded: the mix, or left and right</param>
/// <param name="side">goes around a single channel; null = none</param>
/// <param name="wanted">channels of the output; null = those that there are</param>
internal sealed class Mixer(int channels, SideSignal? side, int? wanted = null)
{
    private readonly int _mixed = side is null ? channels : 2;

    /// <summary>Channels of the output.</summary>
    public int Outputs => wanted ?? _mixed;

    /// <param name="decoded">samples of each channel</param>
    /// <param name="at">first sample, counted from the start of the source</param>
    /// <param name="count">samples of each channel to take</param>
    /// <returns>interleaved</returns>
    public float[] Mix(float[][] decoded, long at, int count)
    {
        var mixed = new float[count * Outputs];
        var sides = side?.Read(at, count);
        for (var i = 0; i < count; i++)
        {
            for (var c = 0; c < Outputs; c++)
                mixed[i * Outputs + c] = Sample(c, i);
        }
        return mixed;

        float Sample(int channel, int i) =>
            channel >= _mixed ? Mean(i)
            : sides is null ? decoded[channel][i]
            : decoded[0][i] + (channel == 0 ? sides[i] : -sides[i]);

        float Mean(int i) => channels == 1 ? decoded[0][i] : (decoded[0][i] + decoded[1][i]) / 2;
    }
}
