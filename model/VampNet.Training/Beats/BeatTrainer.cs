using VampNet.Audio;
using VampNet.Model.Beats;
using VampNet.Model.Beats.WaveBeat;
using VampNet.Model.Checkpoints;
using VampNet.Model.Layers;
using VampNet.Training.Runs;
using static TorchSharp.torch;

namespace VampNet.Training.Beats;

/// <summary>How a beat tracker is trained.</summary>
public sealed record BeatTrainingOptions
{
    /// <summary>Optimiser steps in all.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Songs a step.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Length of a song.</summary>
    public double Seconds { get; init; } = 12;

    /// <summary>Highest learning rate; it rises over 50 steps and falls to a hundredth along a cosine.</summary>
    public double LearningRate { get; init; } = 1e-3;

    public int ValidateEvery { get; init; } = 250;

    public int Seed { get; init; } = 1;
}

/// <summary>
/// Trains WaveBeat's network (Steinmetz and Reiss 2021) on songs that are rendered as they are needed, none of them twice.
/// </summary>
internal sealed class BeatTrainer(WaveBeatNetwork network, BeatTrainingOptions options, Device device) : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.999, WeightDecay = 1e-4, GradientNorm = 5, ValidationSeconds = 20;
    private const int WarmUp = 50, ValidationSongs = 12;

    private readonly Learner _learner = new(
        network, new LearningRates(LearningRateSchedule.Cosine, options.LearningRate, WarmUp, options.Steps), Beta1, Beta2, WeightDecay,
        GradientNorm);
    // training draws no negative seeds
    private readonly Lazy<Rendered[]> _held = new(
        () => Render(Enumerable.Range(1, ValidationSongs).Select(i => -i), ValidationSeconds, network.Options.SampleRate));

    /// <summary>Runs to the last step, from wherever the run folder stands.</summary>
    public void Train(RunFolder run, TrainingLog log, CancellationToken cancellationToken)
    {
        var weights = Kept.Weights(RunFolder.ModelFile, network, HyperParameterMetadata.Of(network.Options.ToArguments()));
        new TrainingLoop([weights, _learner.Kept("optimizer.bin")], run, log, options.Steps, options.ValidateEvery, options.Seed)
            .Run(_learner.Count, Step, Measure, cancellationToken);
    }

    public void Dispose() => _learner.Dispose();

    /// <summary>Step n, on these songs, all of the same length.</summary>
    /// <returns>the loss before it, and the norm of its gradients</returns>
    internal (double Loss, double Norm) Learn(long step, Rendered[] songs)
    {
        using var scope = NewDisposeScope();
        network.train();
        var audio = tensor(
            [.. songs.SelectMany(song => Normalised(song.Audio))], [songs.Length, 1, songs[0].Audio.Samples.Length], device: device);
        var logits = network.forward(audio);
        var loss = BeatLoss.Compute(logits, Target(songs, (int)logits.size(2)));
        var norm = _learner.Step(step, loss);
        return (loss.Number(), norm);
    }

    private IReadOnlyList<(string, double)> Step(long step, Random random)
    {
        var (loss, norm) = Learn(
            step, Render(
                Enumerable.Range(0, options.Batch).Select(_ => random.Next()).ToArray(), options.Seconds, network.Options.SampleRate));
        return [("loss", loss), ("norm", norm)];
    }

    /// <summary>F-measures within 70 ms on songs that training never hears.</summary>
    private IReadOnlyList<(string, double)> Measure()
    {
        var tracker = new WaveBeatTracker(network, device); // not disposed: the network is ours
        var tracks = _held.Value.Select(song => (Song: song, Track: tracker.Track(song.Audio))).ToArray();
        return [
            ("F@beats", tracks.Average(t => BeatScore.F(t.Song.Beats, t.Track.BeatTimes))),
            ("F@downbeats", tracks.Average(t => BeatScore.F(t.Song.Downbeats, t.Track.DownbeatTimes)))];
    }

    private static Rendered[] Render(IEnumerable<int> seeds, double seconds, int sampleRate) =>
        [.. seeds.AsParallel().AsOrdered().Select(seed => RandomSong.Play(seed, seconds, sampleRate))];

    private static float[] Normalised(AudioBuffer audio)
    {
        var peak = 0f;
        foreach (var sample in audio.Samples)
            peak = Math.Max(peak, Math.Abs(sample));
        return Array.ConvertAll(audio.Samples.ToArray(), sample => sample / Math.Max(peak, 1e-6f));
    }

    /// <returns>(batch, 2, frames): 1 where a beat or a downbeat is</returns>
    private Tensor Target(Rendered[] songs, int frames)
    {
        var target = new float[songs.Length * 2 * frames];
        for (var i = 0; i < songs.Length; i++)
        {
            Mark(songs[i].Beats, 2 * i);
            Mark(songs[i].Downbeats, 2 * i + 1);
        }
        return tensor(target, [songs.Length, 2, frames], device: device);

        void Mark(double[] times, int row)
        {
            foreach (var time in times)
                target[row * frames + Math.Min(frames - 1, (int)(time * network.Options.FrameRate))] = 1;
        }
    }
}

/// <summary>
/// WaveBeat's loss (Steinmetz and Reiss 2021, 3.3): binary cross-entropy of frames with and without a beat apart, so that the
/// few with one count as much; ½((p + n)² + (p − n)²) = p² + n² for beats and downbeats each.
/// </summary>
internal static class BeatLoss
{
    /// <param name="logits">(batch, 2, frames): beats, downbeats</param>
    /// <param name="target">as the logits, 1 where a beat is</param>
    /// <returns>scalar</returns>
    public static Tensor Compute(Tensor logits, Tensor target)
    {
        var error = (logits.AtLeast(0.0) - logits * target).Plus(logits.abs().neg().exp().log1p()); // cross-entropy, (batch, 2, frames)
        return Mean(error, target).Squared().Plus(Mean(error, target.neg().Plus(1)).Squared()).sum();
    }

    /// <summary>Mean over the frames that count, 0 where none does; (2).</summary>
    private static Tensor Mean(Tensor error, Tensor counts) => (error * counts).sum([0, 2]) / counts.sum([0, 2]).AtLeast(1.0);
}

/// <summary>The usual measure of beat tracking: F of precision and recall, a beat counting within 70 ms.</summary>
internal static class BeatScore
{
    private const double Tolerance = 0.07;
    private const double SettlingSeconds = 5;

    /// <summary>Without the first seconds, in which trackers that follow the music may settle (as MIREX and mir_eval have it).</summary>
    public static double TrimmedF(IReadOnlyList<double> expected, IReadOnlyList<double> found) =>
        F([.. expected.Where(time => time >= SettlingSeconds)], [.. found.Where(time => time >= SettlingSeconds)]);

    public static double F(IReadOnlyList<double> expected, IReadOnlyList<double> found)
    {
        if (expected.Count == 0 || found.Count == 0)
            return expected.Count == found.Count ? 1 : 0;
        var open = expected.ToList();
        var hits = 0;
        foreach (var time in found)
        {
            var nearest = open.FindIndex(e => Math.Abs(e - time) <= Tolerance);
            if (nearest < 0)
                continue;
            open.RemoveAt(nearest);
            hits++;
        }
        return 2.0 * hits / (expected.Count + found.Count);
    }
}
