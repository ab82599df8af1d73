using Grpc.Core;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Pipeline;
using VampNet.Gateway.Songs;
using VampNet.Gateway.Stages;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Rendering;

/// <summary>Tokens to sound: every channel through the codec as its windows get ready, and all together into the format asked for.</summary>
internal sealed class SongRenderer(RequestStages stages, VampPlan plan, Variation variation, CallOptions options)
{
    // Samples per channel that are mixed at once.
    private const int PieceSamples = 16_384;

    // About a second is a step of progress.
    private const int StepSamples = 44_100;

    /// <param name="channels">tokens, which may still be in the making</param>
    public async Task RenderAsync(Song song, IReadOnlyList<ITokenSource> channels)
    {
        using var span = GatewaySpans.Render();
        var mixer = new Mixer(channels.Count, song.Side);
        var header = Header(song, mixer.Outputs);
        await variation.Answers.SendAsync(new VampResponse { Header = header });
        using var writer = AudioOutput.Open(header, song.Layout.Rate.SampleRate, bytes => variation.Answers.SendAsync(new VampResponse { Audio = bytes }));
        var steps = variation.Answers.Steps(Stage.Decode, StepsOf(song.Layout.Samples));
        var decoded = channels.Select((tokens, i) => Decode(song, tokens, i)).ToList();
        try
        {
            using var sound = new LeveledSound(decoded, song);
            var pieces = channels.Select(_ => new float[PieceSamples]).ToArray();
            for (var (at, count) = (0L, 0); at < song.Layout.Samples; at += count)
            {
                count = await sound.ReadAsync(pieces, (int)Math.Min(PieceSamples, song.Layout.Samples - at));
                await writer.WriteAsync(mixer.Mix(pieces, at - (long)song.Layout.Before * song.Layout.Rate.Hop, count));
                variation.Telemetry.Heard();
                await steps.AddAsync(StepsOf(at + count) - StepsOf(at));
            }
            variation.Clock.End(Stage.Decode);
            await writer.FinishAsync();
            variation.Telemetry.Made((double)song.Layout.Samples / song.Layout.Rate.SampleRate);
        }
        finally
        {
            foreach (var channel in decoded)
                await channel.DisposeAsync();
        }
    }

    private AudioHeader Header(Song song, int channels)
    {
        var header = plan.Output.Header(song.Layout.Rate.SampleRate, channels, song.Layout.Samples);
        if (plan.Config.MatchSource)
            (header.SampleRate, header.Samples) = (song.Source.SampleRate, (ulong)song.SourceLength);
        return header;
    }

    private static int StepsOf(long samples) => (int)((samples + StepSamples - 1) / StepSamples);

    private DecodedChannel Decode(Song song, ITokenSource tokens, int channel)
    {
        var config = new DecodeConfig
        {
            Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
            GainDb = -song.GainDb,
            Model = plan.Config.Model,
        };
        return new DecodedChannel(stages.Codec, config, new ChannelTokens(tokens, block => ReadyAsync(block, (uint)channel)), song.Layout, options);
    }

    private Task ReadyAsync(TokenTensor block, uint channel)
    {
        variation.Clock.Start(Stage.Decode);
        return plan.Config.ReturnTokens ? variation.Answers.SendAsync(new VampResponse { Tokens = block, Channel = channel }) : Task.CompletedTask;
    }
}
