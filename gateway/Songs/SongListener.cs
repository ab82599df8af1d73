using Google.Protobuf;
using Grpc.Core;
using VampNet.Gateway.Containers;
using VampNet.Gateway.Pipeline;
using VampNet.Gateway.Stages;
using VampNet.Audio.Processing;
using VampNet.Audio.Spools;
using VampNet.Model.Beats;
using VampNet.Model.Prompts;
using VampNet.Model.Tokens;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Songs;

/// <summary>Hears the audio of a request, as it arrives: its tokens and, where the prompt needs it, its rhythm.</summary>
internal sealed class SongListener(StageClients stages, VampPlan plan, MeshLimits limits, Answers answers, StageClock clock, CallOptions options)
{
    public async Task<Song> ListenAsync(IAsyncEnumerable<ByteString> audio)
    {
        using var encode = stages.Codec.Encode(options);
        using var track = plan.Prompt.Needs != PromptNeeds.Nothing ? stages.Beats.Track(options) : null;
        // The codec does not send sound back: where the sides stay, the source is kept until they are needed.
        using var kept = plan.Config.Stereo == StereoPolicy.Mid ? new SpoolStream(plan.Input.MaxBytes) : null;
        var fanOut = new AudioFanOut();
        await fanOut.AddAsync(encode.RequestStream, new EncodeRequest { Config = EncodeConfig() }, chunk => new EncodeRequest { Audio = chunk });
        if (track is not null)
            await fanOut.AddAsync(track.RequestStream, new TrackRequest { Config = new TrackConfig { Input = plan.Config.Input, Model = plan.Config.Model } }, chunk => new TrackRequest { Audio = chunk });

        var encoding = answers.Steps(Stage.Encode, 1);
        await encoding.AddAsync(0);
        var encoded = ReadTokensAsync(encode.ResponseStream);
        var pump = fanOut.PumpAsync(kept is null ? audio : KeepAsync(audio, kept));
        // A stage that refuses the audio is heard at once, and so is a caller who breaks off.
        await await Task.WhenAny(pump, encoded);
        var rhythm = track is null ? null : HearRhythmAsync(track.ResponseAsync);
        var (header, channels) = await MeasuredAsync(Stage.Encode, encoded);
        await pump;
        await encoding.AddAsync(1);
        var layout = Layout(header);
        return new Song(
            layout,
            [.. channels.Select(layout.Place)],
            header.Source,
            Song.LengthAtSource(header.Source, layout, plan.Config.Stretch),
            // As a .vamp file would keep them, so that the same song sounds the same from its file.
            VampFile.Rounded(header.GainDb),
            VampFile.Rounded(header.OpeningLoudnessLufs),
            rhythm is null ? null : InSong(await rhythm, layout),
            kept is null || header.Source.Channels < 2 ? null : await Task.Run(() => Side(kept, layout.Rate.SampleRate), options.CancellationToken));
    }

    private EncodeConfig EncodeConfig() => new()
    {
        Input = plan.Config.Input,
        Model = plan.Config.Model,
        Channels = plan.Config.Stereo == StereoPolicy.Dual ? Channels.Stereo : Channels.Mix,
        Stretch = plan.Config.Stretch,
        PitchSemitones = plan.Config.PitchSemitones,
        Repeat = plan.Config.Repeat,
    };

    private async Task<(EncodeHeader Header, IReadOnlyList<TokenGrid> Channels)> ReadTokensAsync(IAsyncStreamReader<EncodeResponse> responses)
    {
        EncodeHeader? header = null;
        var blocks = new List<List<TokenGrid>>();
        await foreach (var response in responses.ReadAllAsync(options.CancellationToken))
        {
            if (response.Header is { } first)
            {
                header = first;
                blocks.AddRange(Enumerable.Range(0, (int)Math.Max(1, first.Channels)).Select(_ => new List<TokenGrid>()));
            }
            else
            {
                blocks[(int)response.Channel].Add(response.Tokens.ToModel("tokens", limits.MaxFrames()));
            }
        }
        return (header ?? throw new InvalidDataException("the codec sent no header"), [.. blocks.Select(TokenGrid.ConcatFrames)]);
    }

    private SongLayout Layout(EncodeHeader header)
    {
        var rate = new FrameRate((int)header.SampleRate, (int)header.Hop);
        var layout = SongLayout.Create(rate, (long)header.Samples, plan.Config.ExtendBeforeSeconds, plan.Config.ExtendAfterSeconds, (int)plan.Config.Repeat);
        if (layout.Samples > limits.MaxSeconds * rate.SampleRate)
            throw new InvalidRequestException("config.extend_after_seconds", $"makes {(double)layout.Samples / rate.SampleRate:0.#} s of music, the limit is {limits.MaxSeconds:0.###} s");
        return layout;
    }

    private SideSignal Side(SpoolStream source, int sampleRate) =>
        new(plan.Input.Prepare(source, plan.Preparation with { SampleRate = sampleRate, Channels = ChannelLayout.Stereo }, options.CancellationToken));

    private static async IAsyncEnumerable<ByteString> KeepAsync(IAsyncEnumerable<ByteString> audio, SpoolStream copy)
    {
        await foreach (var chunk in audio)
        {
            copy.Write(chunk.Span);
            yield return chunk;
        }
        copy.Position = 0;
    }

    private async Task<TrackResponse> HearRhythmAsync(Task<TrackResponse> response)
    {
        var steps = answers.Steps(Stage.Beats, 1);
        var found = await MeasuredAsync(Stage.Beats, response);
        await steps.AddAsync(1);
        return found;
    }

    /// <summary>The tracker heard the source itself.</summary>
    private Rhythm InSong(TrackResponse found, SongLayout layout)
    {
        return new Rhythm(new BeatTrack(Times(found.Beats), Times(found.Downbeats), found.Tempo / plan.Config.Stretch), Times(found.Onsets));

        IReadOnlyList<double> Times(IEnumerable<double> seconds) => layout.InSong([.. seconds.Select(s => s * plan.Config.Stretch)]);
    }

    private async Task<T> MeasuredAsync<T>(Stage stage, Task<T> task)
    {
        using var _ = clock.Measure(stage);
        return await task;
    }
}
