using System.Buffers;
using NAudio.Wave;
using TorchSharp;
using VampNet.Audio.Processing;
using VampNet.Core.Prompts;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Beats.WaveBeat;

/// <summary>
/// Beats and downbeats by the WaveBeat network (Steinmetz and Reiss 2021): audio at 22.05 kHz with peak 1, the network,
/// peaks of its two curves.
/// </summary>
public sealed class WaveBeatTracker : IBeatTracker, IDisposable
{
    private const int PieceSeconds = 6;
    private const double LeastHeight = 0.5;
    private const double BeatSeconds = 1.0 / 4, DownbeatSeconds = 1.0 / 2;

    private readonly WaveBeatNetwork _network;
    private readonly Device _device;

    /// <param name="network">now owned by the tracker</param>
    internal WaveBeatTracker(WaveBeatNetwork network, Device device)
    {
        (_network, _device) = (network, device);
        SharesPasses = device.type != DeviceType.CPU;
        _network.to(device).eval();
    }

    /// <summary>On a CPU every piece is a pass of its own, for the reasons that <see cref="Codec.TokenCodec.SharesPasses"/> has.</summary>
    public bool SharesPasses { get; init; }

    /// <inheritdoc />
    public string Kind => BeatTrackerKinds.WaveBeat;

    /// <inheritdoc />
    public BeatTracking Begin(Func<ISampleProvider> open) => Begin(cancellation => Pieces(open().Checked(), cancellation));

    /// <inheritdoc />
    public void Advance(IReadOnlyList<BeatTracking> trackings)
    {
        // All are computed before any goes on: a step that fails has not half happened.
        var steps = new List<Action>();
        foreach (var pass in trackings.Cast<WaveBeatTracking>().Chunk(SharesPasses ? Math.Max(1, trackings.Count) : 1))
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            var (logits, keep) = WaveBeatStream.Push(
                _network, _device, [.. pass.Select(t => t.Stream)], [.. pass.Select(t => t.Piece)], pass[0].IsLast);
            var curves = logits.sigmoid().cpu().contiguous(); // (trackings, 2, frames)
            steps.Add(keep);
            foreach (var (tracking, own) in pass.Zip(curves.unbind(0)))
            {
                var (beats, downbeats) = (own.select(0, 0).Elements<float>(), own.select(0, 1).Elements<float>());
                steps.Add(() => tracking.Add(beats, downbeats));
            }
        }
        steps.ForEach(step => step());
    }

    public void Dispose() => _network.Dispose();

    /// <param name="pieces">the audio from its start, at the network's rate</param>
    internal WaveBeatTracking Begin(Func<CancellationToken, IEnumerable<float[]>> pieces) => new(this, _network, pieces, SharesPasses);

    /// <param name="activations">how much of a beat and of a downbeat each frame is, 0 to 1</param>
    internal BeatTrack Find((float[] Beats, float[] Downbeats) activations)
    {
        var beats = Times(activations.Beats, BeatSeconds);
        return new BeatTrack(beats, Times(activations.Downbeats, DownbeatSeconds), Tempo(beats));
    }

    /// <summary>Times in seconds of the peaks of a curve, which is scaled to a maximum of 1.</summary>
    internal double[] Times(float[] curve, double distanceSeconds)
    {
        var rate = _network.Options.FrameRate;
        var highest = curve.Max(MathF.Abs);
        var scaled = highest == 0 ? curve : Array.ConvertAll(curve, value => value / highest);
        return Array.ConvertAll(Peaks.Find(scaled, LeastHeight, rate * distanceSeconds), frame => frame / rate);
    }

    /// <summary>Beats a minute by the median interval, which a missed beat does not move.</summary>
    private static double Tempo(double[] beats)
    {
        var intervals = beats.Zip(beats.Skip(1), (a, b) => b - a).Order().ToArray();
        return intervals.Length == 0 ? 0 : 60 / intervals[intervals.Length / 2];
    }

    /// <summary>The audio at the network's rate, some seconds at a time.</summary>
    private IEnumerable<float[]> Pieces(ISampleProvider audio, CancellationToken cancellationToken)
    {
        var (from, to) = (audio.WaveFormat.SampleRate, _network.Options.SampleRate);
        var buffer = new float[PieceSeconds * from];
        using var resampler = from == to ? null : new Resampler(from, to);
        var resampled = new ArrayBufferWriter<float>();
        while (audio.Fill(buffer, 0, buffer.Length) is var count and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (resampler is null)
            {
                yield return buffer[..count];
                continue;
            }
            resampler.Process(buffer.AsSpan(0, count), resampled);
            if (resampled.WrittenCount > 0) // it holds back the first samples
                yield return resampled.WrittenSpan.ToArray();
            resampled.ResetWrittenCount();
        }
        resampler?.Finish(resampled);
        if (resampled.WrittenCount > 0)
            yield return resampled.WrittenSpan.ToArray();
    }
}
