using VampNet.Core.Prompts;
using VampNet.Model.Beats;
using VampNet.Services.Inference.Scheduling;

namespace VampNet.Services.BeatTracker;

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
