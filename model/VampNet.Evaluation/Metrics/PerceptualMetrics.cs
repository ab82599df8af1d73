using VampNet.Model.Layers;
using VampNet.Training.Measures;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Metrics;

/// <summary>What a listener knows music again by, beside its original.</summary>
/// <param name="Chroma">whether the notes are the same</param>
/// <param name="Onsets">correlation of onset strength over time: 1 = hits at the same moments</param>
/// <param name="Tempo">correlation of onset strength's autocorrelation at 0.2 to 2 s, wherever the hits are: 1 = the same tempo</param>
/// <param name="Octaves">
/// level above the original's of each octave band from 63 Hz to 16 kHz, in dB; what lies 70 dB below the whole original is not heard
/// </param>
/// <param name="Pulse">how far the whole sound pulses at the rate of the frames, above the original, in dB</param>
public sealed record PerceptualMetrics(
    ChromaAgreement Chroma, double Onsets, double Tempo, IReadOnlyList<double> Octaves, double Pulse)
{
    private const double LowestOctave = 62.5, Quiet = 1e-12, Unheard = 1e-7; // Hz, centre of the lowest band; power; share of all
    private const int OctaveBands = 9;
    private const double PulseFrom = 200, PulseTo = 12_000; // Hz

    /// <summary>The level furthest from the original's, in dB, of any octave band.</summary>
    public double WorstOctave => Octaves.MaxBy(Math.Abs);

    /// <param name="original">mono</param>
    /// <param name="result">as many samples, at least a second</param>
    /// <param name="hop">samples of a frame</param>
    public static PerceptualMetrics Of(float[] original, float[] result, int sampleRate, int hop)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (a, b) = (tensor(original), tensor(result));
        var (onsets, tempo) = Rhythm.Of(a, b, sampleRate);
        return new PerceptualMetrics(
            ChromaAgreement.Between(a, b, sampleRate),
            onsets,
            tempo,
            LevelsAbove(OctavePowers(a, sampleRate), OctavePowers(b, sampleRate)),
            PulseOf(b) - PulseOf(a));

        double PulseOf(Tensor audio) => Pulsing.Of(audio, sampleRate, hop, PulseFrom, PulseTo, multiples: 1);
    }

    /// <summary>Of each octave band the level furthest from the original's in any of them.</summary>
    public static IReadOnlyList<double> FurthestOctaves(IReadOnlyCollection<PerceptualMetrics> heard) =>
        [.. Enumerable.Range(0, OctaveBands).Select(band => heard.Select(h => h.Octaves[band]).MaxBy(Math.Abs))];

    /// <summary>The mean of each figure.</summary>
    public static PerceptualMetrics Mean(IReadOnlyCollection<PerceptualMetrics> heard) => new(
        ChromaAgreement.Mean([.. heard.Select(h => h.Chroma)]),
        heard.Average(h => h.Onsets),
        heard.Average(h => h.Tempo),
        [.. Enumerable.Range(0, OctaveBands).Select(band => heard.Average(h => h.Octaves[band]))],
        heard.Average(h => h.Pulse));

    /// <returns>of each band, in dB</returns>
    private static double[] LevelsAbove(double[] original, double[] result)
    {
        var unheard = Unheard * original.Sum() + Quiet;
        return [.. result.Zip(original, (own, theirs) => 10 * Math.Log10((own + unheard) / (theirs + unheard)))];
    }

    /// <summary>Power in each octave band.</summary>
    private static double[] OctavePowers(Tensor audio, int sampleRate)
    {
        var power = fft.rfft(audio * hann_window(audio.size(0))).abs().Squared(); // (bins)
        var hertz = (double)sampleRate / audio.size(0);
        return [.. Enumerable.Range(0, OctaveBands).Select(band =>
        {
            var centre = LowestOctave * Math.Pow(2, band);
            var (from, to) = ((long)(centre / Math.Sqrt(2) / hertz), Math.Min(power.size(0), (long)(centre * Math.Sqrt(2) / hertz)));
            return power.narrow(0, from, to - from).sum().Number();
        })];
    }
}
