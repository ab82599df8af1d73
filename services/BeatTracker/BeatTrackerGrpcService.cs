using Grpc.Core;
using Microsoft.Extensions.Options;
using NAudio.Wave;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Model.Beats;
using VampNet.Model.Beats.SpectralFlux;
using VampNet.Model.Packages;
using VampNet.Protos.Beats.V1;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.Scheduling;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.BeatTracker;

/// <summary>Beats and onsets of a piece of music.</summary>
public sealed class BeatTrackerGrpcService(
    ModelRegistry<IBeatTracker> models, IOptions<MeshLimits> limits, StageLoad load, AudioMetrics metrics) : BeatService.BeatServiceBase
{
    public override async Task<TrackResponse> Track(IAsyncStreamReader<TrackRequest> requestStream, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var config = await requestStream.ReadConfigAsync(r => r.Config, cancellation);
        var checks = new RequestChecks();
        using var model = models.Lease(config.Model, "config.model", context);
        var input = AudioInput.From(config.Input, limits.Value, checks);
        checks.ThrowIfAny();

        var chunks = requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", cancellation);
        var (audio, damage) = await input.SpoolMonoAsync(chunks, cancellation);
        using var mono = audio;
        CallCost.Report(context, FrameRate.VampNet.ToFrames((double)mono.Frames / mono.SampleRate));
        var track = await TrackAsync(model, mono.Open, context);
        metrics.Tracked((double)mono.Frames / mono.SampleRate);
        var onsets = await Task.Run(() => OnsetDetector.Detect(mono.Open()), cancellation);
        return new TrackResponse
        {
            Beats = { track.BeatTimes },
            Downbeats = { track.DownbeatTimes },
            Tempo = track.Tempo,
            Onsets = { onsets },
            Kind = Kind(model.Value),
            Sha256 = model.Info.Sha256,
            Damage = damage ?? "",
        };
    }

    public override Task<GetTrackerResponse> GetTracker(GetTrackerRequest request, ServerCallContext context)
    {
        using var model = models.Lease(request.Model, "model", context);
        return Task.FromResult(
            new GetTrackerResponse { Served = models.Describe(model.Info, Precisions.Full), Kind = Kind(model.Value) });
    }

    private static TrackerKind Kind(IBeatTracker tracker) =>
        tracker.Kind == BeatTrackerKinds.WaveBeat ? TrackerKind.Wavebeat : TrackerKind.SpectralFlux;

    /// <summary>Audio is read, and what needs no network computed, beside the device; on it, other work goes between two pieces.</summary>
    private async Task<BeatTrack> TrackAsync(ModelLease<IBeatTracker> model, Func<ISampleProvider> open, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        using var pending = load.Begin(steps: 1);
        using var tracking = model.Value.Begin(open);
        for (var isFirst = true; await Task.Run(() => tracking.Read(cancellation), cancellation); isFirst = false)
        {
            pending.StepsLeft = tracking.PiecesLeft;
            if (isFirst)
                model.CheckDeadline(TrackWork.Name, tracking.FramesLeft, JobPriority.Interactive, context.Deadline);
            await model.RunAsync(new TrackWork(tracking), JobPriority.Interactive, cancellation);
        }
        return tracking.Track;
    }
}

/// <summary>The next piece of some music that a network tracks.</summary>
internal sealed class TrackWork(BeatTracking tracking) : StepWork<IBeatTracker>
{
    public const string Name = "track";

    public override string Operation => Name;

    public override int Frames => tracking.Frames;

    public override object? Shape => tracking.Shape;

    private BeatTracking Tracking => tracking;

    public override void Advance(IBeatTracker model, IReadOnlyList<StepWork<IBeatTracker>> batch) =>
        model.Advance([.. batch.Cast<TrackWork>().Select(work => work.Tracking)]);
}
