using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;
using VampNet.Gateway.Containers;
using VampNet.Gateway.Pipeline;
using VampNet.Gateway.Songs.Listening;
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

/// <summary>Hears the audio of a request: its tokens and, where the prompt needs it, its rhythm.</summary>
internal sealed class SongListener(RequestStages stages, EncodeCache cache, VampPlan plan, string codecSha256, MeshLimits limits, VariationAnswers answers, StageClock clock, CallOptions options)
{
    public async Task<Song> ListenAsync(IAsyncEnumerable<ByteString> audio)
    {
        // Kept until the song is there: for replicas that take the place of lost ones, and for its sides.
        using var upload = await AudioUpload.ReceiveAsync(audio, plan.Input.MaxBytes);
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        var calls = options.WithCancellationToken(listening.Token);
        var encoded = StepAsync(Stage.Encode, EncodeAsync(upload, calls));
        var tracked = plan.Prompt.Needs != PromptNeeds.Nothing ? StepAsync(Stage.Beats, TrackAsync(upload, calls)) : null;
        try
        {
            return await ComposeAsync(await encoded, tracked is null ? null : await tracked, upload);
        }
        finally
        {
            await listening.CancelAsync();
            await Task.WhenAll(encoded, tracked ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Song> ComposeAsync(HeardTokens encoded, HeardBeats? tracked, AudioUpload upload)
    {
        var header = encoded.Header;
        var layout = Layout(header);
        return new Song(
            layout,
            [.. encoded.Channels.Select(layout.Place)],
            header.Source,
            Song.LengthAtSource(header.Source, layout, plan.Config.Stretch),
            // As a .vamp file would keep them, so that the same song sounds the same from its file.
            VampFile.Rounded(header.GainDb),
            VampFile.Rounded(header.OpeningLoudnessLufs),
            tracked is null ? null : InSong(tracked.Response, layout),
            // The codec does not send sound back: where the sides stay, they are those of the source.
            plan.Config.Stereo != StereoPolicy.Mid || header.Source.Channels < 2 ? null : await Task.Run(() => Side(upload.Bytes, layout.Rate.SampleRate), options.CancellationToken));
    }

    private Task<HeardTokens> EncodeAsync(AudioUpload upload, CallOptions calls)
    {
        var config = new EncodeConfig
        {
            Input = plan.Config.Input,
            Channels = plan.Config.Stereo == StereoPolicy.Dual ? Channels.Stereo : Channels.Mix,
            Stretch = plan.Config.Stretch,
            PitchSemitones = plan.Config.PitchSemitones,
            Repeat = plan.Config.Repeat,
        };
        var key = new HeardKey(options.OnBehalfOf(), Stage.Encode, upload.Sha256, config.Clone(), codecSha256);
        config.Model = plan.Config.Model;
        return cache.GetAsync(key, () => stages.Codec.RunAsync(calls, (codec, call) => EncodeAsync(codec, config, upload, call)), calls.CancellationToken);
    }

    private async Task<HeardBeats> TrackAsync(AudioUpload upload, CallOptions calls)
    {
        var tracker = await stages.Beats.RunAsync(calls, (beats, call) => beats.GetTrackerAsync(new GetTrackerRequest { Model = plan.Config.Model }, call).ResponseAsync);
        var config = new TrackConfig { Input = plan.Config.Input };
        var key = new HeardKey(options.OnBehalfOf(), Stage.Beats, upload.Sha256, config.Clone(), HeardBeats.WeightsOf(tracker.Kind, tracker.Sha256));
        config.Model = plan.Config.Model;
        return await cache.GetAsync(key, () => stages.Beats.RunAsync(calls, (beats, call) => TrackAsync(beats, config, upload, call)), calls.CancellationToken);
    }

    private async Task<HeardTokens> EncodeAsync(CodecService.CodecServiceClient codec, EncodeConfig config, AudioUpload upload, CallOptions calls)
    {
        using var call = codec.Encode(calls);
        EncodeHeader? header = null;
        var blocks = new List<List<TokenGrid>>();
        await foreach (var response in call.ExchangeAsync(new EncodeRequest { Config = config }, upload.Chunks(), chunk => new EncodeRequest { Audio = chunk }))
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
        return new HeardTokens(header ?? throw new InvalidDataException("the codec sent no header"), [.. blocks.Select(TokenGrid.ConcatFrames)]);
    }

    private static async Task<HeardBeats> TrackAsync(BeatService.BeatServiceClient beats, TrackConfig config, AudioUpload upload, CallOptions calls)
    {
        using var call = beats.Track(calls);
        await call.RequestStream.UploadAsync(new TrackRequest { Config = config }, upload.Chunks(), chunk => new TrackRequest { Audio = chunk });
        return new HeardBeats(await call);
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

    /// <summary>The tracker heard the source itself.</summary>
    private Rhythm InSong(TrackResponse found, SongLayout layout)
    {
        return new Rhythm(new BeatTrack(Times(found.Beats), Times(found.Downbeats), found.Tempo / plan.Config.Stretch), Times(found.Onsets));

        IReadOnlyList<double> Times(IEnumerable<double> seconds) => layout.InSong([.. seconds.Select(s => s * plan.Config.Stretch)]);
    }

    private async Task<T> StepAsync<T>(Stage stage, Task<T> task)
    {
        T heard;
        using (clock.Measure(stage))
            heard = await task;
        await answers.Steps(stage, 1).AddAsync(1);
        return heard;
    }
}
