using NAudio.Wave;
using VampNet.Core.Prompts;

namespace VampNet.Model.Beats.SpectralFlux;

/// <summary>
/// Beats by signal processing alone: onset strength, one tempo, dynamic programming (Ellis 2007), then the bar.
/// Runs on any thread, a hundred times faster than real time; holds no state.
/// </summary>
public sealed class SpectralFluxBeatTracker : IBeatTracker
{
    private const double ShortestSeconds = 1;
    private const double SurroundingsSeconds = 0.5;

    /// <inheritdoc />
    public string Kind => BeatTrackerKinds.SpectralFlux;

    /// <inheritdoc />
    public BeatTracking Begin(Func<ISampleProvider> open) => new Whole(open);

    /// <inheritdoc />
    public void Advance(IReadOnlyList<BeatTracking> trackings) => throw new InvalidOperationException("there is no network here");

    private static BeatTrack Find(Func<ISampleProvider> open, CancellationToken cancellationToken)
    {
        var onsets = OnsetStrength.Of(open().Checked(), cancellationToken);
        var rate = onsets.FrameRate;
        if (onsets.Flux.Length < ShortestSeconds * rate)
            return BeatTrack.None;
        var curve = Curve.Standardise(onsets.Flux, SurroundingsSeconds * rate);
        if (TempoEstimator.Period(curve, rate) is not { } period)
            return BeatTrack.None;

        // Smoothing by a fraction of the beat lets early and late onsets pull (Ellis 2007).
        var smooth = Curve.Smooth(curve, period / 32);
        var beats = Trim(BeatPath.Find(smooth, period), smooth);
        if (beats.Count < 2)
            return BeatTrack.None;
        var downbeats = Downbeats.Of(beats, onsets.Bass, curve);
        double[] Seconds(IEnumerable<int> frames) => [.. frames.Select(frame => frame / rate)];
        return new BeatTrack(Seconds(beats), Seconds(downbeats), 60 * rate * (beats.Count - 1) / (beats[^1] - beats[0]));
    }

    /// <summary>Drops beats at both ends that no onset supports: the fade-in and the fade-out.</summary>
    private static List<int> Trim(List<int> beats, float[] onsets)
    {
        if (beats.Count == 0)
            return beats;
        var threshold = 0.5 * Math.Sqrt(beats.Average(beat => onsets[beat] * onsets[beat]));
        var first = beats.FindIndex(beat => onsets[beat] > threshold);
        var last = beats.FindLastIndex(beat => onsets[beat] > threshold);
        return first < 0 ? [] : beats[first..(last + 1)];
    }

    /// <summary>Everything happens while it reads.</summary>
    private sealed class Whole(Func<ISampleProvider> open) : BeatTracking
    {
        private BeatTrack? _track;

        public override int Frames => 0;

        public override object? Shape => null;

        public override int PiecesLeft => 0;

        public override long FramesLeft => 0;

        public override BeatTrack Track => _track ?? throw new InvalidOperationException("the music was not read yet");

        public override bool Read(CancellationToken cancellationToken)
        {
            _track ??= Find(open, cancellationToken);
            return false;
        }

        public override void Dispose()
        {
        }
    }
}
