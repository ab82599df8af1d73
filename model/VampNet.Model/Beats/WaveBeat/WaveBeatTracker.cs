using System.Buffers;
using NAudio.Wave;
using TorchSharp;
using VampNet.Audio.Processing;
using static TorchSharp.torch;

namespace VampNet.Model.Beats.WaveBeat;

/// <summary>
/// Beats and downbeats by the WaveBeat network (Steinmetz and Reiss 2021): audio at 22.05 kHz with peak 1, the network,
/// peaks of its two curves. Reads the audio twice: the peak is not known before the end.
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
        _network.to(device).eval();
    }

    /// <inheritdoc />
    public string Kind => BeatTrackerKinds.WaveBeat;

    /// <inheritdoc />
    public BeatTrack Track(Func<ISampleProvider> open, CancellationToken cancellationToken = default)
    {
        var peak = 0f;
        foreach (var piece in Pieces(open().Checked(), cancellationToken))
            peak = Math.Max(peak, piece.Max(MathF.Abs));
        if (peak == 0)
            return BeatTrack.None;
        var (beatCurve, downbeatCurve) = Activations(Pieces(open(), cancellationToken).Select(piece => Array.ConvertAll(piece, sample => sample / peak)));
        var beats = Times(beatCurve, BeatSeconds);
        return new BeatTrack(beats, Times(downbeatCurve, DownbeatSeconds), Tempo(beats));
    }

    public void Dispose() => _network.Dispose();

    /// <summary>How much of a beat and of a downbeat each frame is, 0 to 1.</summary>
    /// <param name="pieces">audio with peak 1 at the network's rate</param>
    internal (float[] Beats, float[] Downbeats) Activations(IEnumerable<float[]> pieces)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var stream = new WaveBeatStream(_network, _device);
        var (beats, downbeats) = (new List<float>(), new List<float>());
        void Push(float[] samples, bool isLast)
        {
            using var step = NewDisposeScope();
            var curves = stream.Push(samples, isLast).sigmoid().cpu(); // (1, 2, frames)
            beats.AddRange(curves.select(1, 0).contiguous().data<float>().ToArray());
            downbeats.AddRange(curves.select(1, 1).contiguous().data<float>().ToArray());
        }

        foreach (var piece in pieces)
            Push(piece, isLast: false);
        Push([], isLast: true);
        return ([.. beats], [.. downbeats]);
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
            yield return resampled.WrittenSpan.ToArray();
            resampled.ResetWrittenCount();
        }
        resampler?.Finish(resampled);
        if (resampled.WrittenCount > 0)
            yield return resampled.WrittenSpan.ToArray();
    }
}
