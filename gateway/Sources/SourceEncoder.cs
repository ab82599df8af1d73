using Google.Protobuf;
using Grpc.Core;
using VampNet.Audio;
using VampNet.Audio.Processing;
using VampNet.Client;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Stages;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Sources;

/// <summary>Has the stages encode the audio of a request and, where the prompt needs it, find its beats.</summary>
internal sealed class SourceEncoder(RequestContext context, EncodeCache cache)
{
    private VampPlan _plan = context.Plan;
    private readonly CallOptions _options = context.Options;

    public async Task<EncodedSource> EncodeAsync(IAsyncEnumerable<ByteString> audio)
    {
        // Kept until the end: for replicas that take the place of lost ones, and for its sides.
        using var upload = await AudioUpload.ReceiveAsync(audio, _plan.Input.MaxBytes);
        using var calling = CancellationTokenSource.CreateLinkedTokenSource(_options.CancellationToken);
        var calls = _options.WithCancellationToken(calling.Token);
        var needsBeats = _plan.Prompt.Needs != PromptNeeds.Nothing || _plan.Config.SnapToBeats;
        var tracked = needsBeats ? StepAsync(Stage.Beats, GetBeatsAsync(upload, calls)) : null;
        if (_plan.Config.SnapToBeats)
            tracked = Task.FromResult(Snap((await tracked!).Response));
        var encoded = StepAsync(Stage.Encode, GetTokensAsync(upload, calls));
        try
        {
            return await ComposeAsync(await encoded, tracked is null ? null : await tracked, upload);
        }
        finally
        {
            await calling.CancelAsync();
            await Task.WhenAll(encoded, tracked ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes only what lies between the first beat and the last.</summary>
    /// <param name="found">in the source as it was sent</param>
    /// <returns>what was found, in the time of what is left</returns>
    private TrackedBeats Snap(TrackResponse found)
    {
        if (found.Beats.Count < 2)
            throw new InvalidRequestException(
                "config.snap_to_beats", $"needs two beats, and the audio has {(found.Beats.Count == 0 ? "none" : "one")}");
        var (first, last) = (found.Beats[0], found.Beats[^1]);
        var config = _plan.Config.Clone();
        (config.Input.FromSeconds, config.Input.ToSeconds) = (config.Input.FromSeconds + first, config.Input.FromSeconds + last);
        _plan = _plan with { Config = config, Input = AudioInput.From(config.Input, context.Limits, new RequestChecks()) };
        var within = new TrackResponse { Tempo = found.Tempo, Damage = found.Damage };
        within.Beats.Add(Within(found.Beats));
        within.Downbeats.Add(Within(found.Downbeats));
        within.Onsets.Add(Within(found.Onsets));
        return new TrackedBeats(within);

        IEnumerable<double> Within(IEnumerable<double> seconds) => seconds.Where(s => s >= first && s < last).Select(s => s - first);
    }

    private async Task<EncodedSource> ComposeAsync(EncodedTokens encoded, TrackedBeats? tracked, AudioUpload upload)
    {
        var header = encoded.Header;
        var layout = Layout(header);
        // The codec does not send sound back: what is to be heard of the source is read here.
        var (side, sound) = await Task.Run(() => ReadSound(header, upload.Bytes), _options.CancellationToken);
        return new EncodedSource(
            layout,
            [.. encoded.Channels.Select(layout.Place)],
            header.Source,
            EncodedSource.LengthAtSource(header.Source, layout, _plan.Config.Stretch),
            Math.Round(header.GainDb, 2),
            new OpeningLoudness(header.OpeningLoudnessLufs, header.EarlyLoudnessLufs),
            tracked is null ? null : InTrack(tracked.Response, layout),
            side,
            sound);
    }

    private (SideSignal? Side, SourceSound? Sound) ReadSound(EncodeHeader header, SpoolStream source)
    {
        var preparation = _plan.Preparation with { SampleRate = (int)header.SampleRate, Channels = ChannelLayout.Stereo };
        var side = _plan.Config.Stereo == StereoPolicy.Mid && header.Source.Channels >= 2
            ? new SideSignal(_plan.Input.Prepare(source, preparation, _options.CancellationToken))
            : null;
        try
        {
            var sound = _plan.Config.KeepSource
                ? new SourceSound(_plan.Input.Spool(source, _options.CancellationToken), (int)_plan.Config.Repeat)
                : null;
            return (side, sound);
        }
        catch
        {
            side?.Dispose();
            throw;
        }
    }

    private Task<EncodedTokens> GetTokensAsync(AudioUpload upload, CallOptions calls)
    {
        var config = new EncodeConfig
        {
            Input = _plan.Config.Input,
            Channels = _plan.Config.Stereo == StereoPolicy.Dual ? Channels.Stereo : Channels.Mix,
            Stretch = _plan.Config.Stretch,
            PitchSemitones = _plan.Config.PitchSemitones,
            Repeat = _plan.Config.Repeat,
        };
        var key = new EncodeCacheKey(
            _options.OnBehalfOf(), Stage.Encode, upload.Sha256, config.Clone(), context.Models.Codec.Served.Sha256);
        config.Model = _plan.Config.Model;
        return cache.GetAsync(
            key, () => context.Stages.Codec.RunAsync(calls, (codec, call) => CallCodecAsync(codec, config, upload, call)),
            calls.CancellationToken);
    }

    private async Task<TrackedBeats> GetBeatsAsync(AudioUpload upload, CallOptions calls)
    {
        var tracker = await context.Stages.Beats.RunAsync(
            calls, (beats, call) => beats.GetTrackerAsync(new GetTrackerRequest { Model = _plan.Config.Model }, call).ResponseAsync);
        var config = new TrackConfig { Input = _plan.Config.Input };
        var key = new EncodeCacheKey(
            _options.OnBehalfOf(), Stage.Beats, upload.Sha256, config.Clone(), TrackedBeats.WeightsOf(tracker.Kind, tracker.Served.Sha256));
        config.Model = _plan.Config.Model;
        return await cache.GetAsync(
            key,
            () => context.Stages.Beats.RunAsync(
                calls, async (beats, call) => new TrackedBeats(await beats.TrackAsync(config, upload.Chunks(), call))),
            calls.CancellationToken);
    }

    private static async Task<EncodedTokens> CallCodecAsync(
        CodecService.CodecServiceClient codec, EncodeConfig config, AudioUpload upload, CallOptions calls)
    {
        var encoded = await codec.EncodeAsync(config, upload.Chunks(), calls);
        return new EncodedTokens(encoded.Header, [.. encoded.Channels.Select(channel => channel.ToGrid())]);
    }

    private SourceLayout Layout(EncodeHeader header)
    {
        var rate = new FrameRate((int)header.SampleRate, (int)header.Hop);
        var stretch = (int)_plan.Config.TokenStretch;
        var layout = SourceLayout.Create(
            rate, (long)header.Samples * stretch, _plan.Config.ExtendBeforeSeconds, _plan.Config.ExtendAfterSeconds,
            (int)_plan.Config.Repeat, stretch);
        if (layout.Samples > context.Limits.MaxSeconds * rate.SampleRate)
            throw new InvalidRequestException(
                stretch > 1 ? VampPlan.TokenStretchField : "config.extend_after_seconds",
                $"makes {(double)layout.Samples / rate.SampleRate:0.#} s of music, the limit is {context.Limits.MaxSeconds:0.###} s");
        return layout;
    }

    /// <summary>The tracker found times in the source itself.</summary>
    private Rhythm InTrack(TrackResponse found, SourceLayout layout)
    {
        return new Rhythm(
            new BeatTrack(Times(found.Beats), Times(found.Downbeats), found.Tempo / _plan.Config.Stretch), Times(found.Onsets));

        IReadOnlyList<double> Times(IEnumerable<double> seconds) => layout.InTrack([.. seconds.Select(s => s * _plan.Config.Stretch)]);
    }

    private async Task<T> StepAsync<T>(Stage stage, Task<T> task)
    {
        T found;
        using (context.Telemetry.Measure(stage))
            found = await task;
        await context.Responses.OfAll.Steps(stage, 1).AddAsync(1);
        return found;
    }
}
