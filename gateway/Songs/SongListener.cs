using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;
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
internal sealed class SongListener(RequestStages stages, VampPlan plan, MeshLimits limits, VariationAnswers answers, StageClock clock, CallOptions options)
{
    public async Task<Song> ListenAsync(IAsyncEnumerable<ByteString> audio)
    {
        // Kept until the song is there: for replicas that take the place of lost ones, and for its sides.
        using var upload = new AudioUpload(plan.Input.MaxBytes);
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        var calls = options.WithCancellationToken(listening.Token);
        var encoding = answers.Steps(Stage.Encode, 1);
        var encoded = stages.Codec.RunAsync(calls, (codec, _) => EncodeAsync(codec, upload, calls));
        var tracked = plan.Prompt.Needs != PromptNeeds.Nothing ? stages.Beats.RunAsync(calls, (beats, _) => TrackAsync(beats, upload, calls)) : null;
        try
        {
            var received = upload.ReceiveAsync(audio);
            // A stage that refuses the audio is heard at once, and so is a caller who breaks off.
            await await Task.WhenAny(received, encoded);
            var rhythm = tracked is null ? null : HearRhythmAsync(tracked);
            var (header, channels) = await MeasuredAsync(Stage.Encode, encoded);
            await received;
            await encoding.AddAsync(1);
            return await ComposeAsync(header, channels, rhythm, upload);
        }
        finally
        {
            await listening.CancelAsync();
            await Task.WhenAll(encoded, tracked ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Song> ComposeAsync(EncodeHeader header, IReadOnlyList<TokenGrid> channels, Task<TrackResponse>? rhythm, AudioUpload upload)
    {
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
            // The codec does not send sound back: where the sides stay, they are those of the source.
            plan.Config.Stereo != StereoPolicy.Mid || header.Source.Channels < 2 ? null : await Task.Run(() => Side(upload.Bytes, layout.Rate.SampleRate), options.CancellationToken));
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

    private async Task<(EncodeHeader Header, IReadOnlyList<TokenGrid> Channels)> EncodeAsync(CodecService.CodecServiceClient codec, AudioUpload upload, CallOptions calls)
    {
        using var call = codec.Encode(calls);
        EncodeHeader? header = null;
        var blocks = new List<List<TokenGrid>>();
        await foreach (var response in call.ExchangeAsync(new EncodeRequest { Config = EncodeConfig() }, upload.ReadAsync(calls.CancellationToken), chunk => new EncodeRequest { Audio = chunk }))
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

    private async Task<TrackResponse> TrackAsync(BeatService.BeatServiceClient beats, AudioUpload upload, CallOptions calls)
    {
        using var call = beats.Track(calls);
        var config = new TrackConfig { Input = plan.Config.Input, Model = plan.Config.Model };
        await call.RequestStream.UploadAsync(new TrackRequest { Config = config }, upload.ReadAsync(calls.CancellationToken), chunk => new TrackRequest { Audio = chunk });
        return await call;
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
