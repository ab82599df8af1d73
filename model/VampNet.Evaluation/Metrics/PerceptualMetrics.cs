using VampNet.Model.Layers;
using VampNet.Training.Losses;
using VampNet.Training.Measures;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Metrics;

/// <summary>What a listener knows music again by, beside its original.</summary>
/// <param name="Chroma">whether the notes are the same</param>
/// <param name="Onsets">correlation of onset strength over time: 1 = hits at the same moments</param>
/// <param name="Octaves">level above the original's of each octave band from 63 Hz to 16 kHz, in dB</param>
/// <param name="Pulse">how far the whole sound pulses at the rate of the frames, above the original, in dB</param>
public sealed record PerceptualMetrics(ChromaAgreement Chroma, double Onsets, IReadOnlyList<double> Octaves, double Pulse)
{
    private const int Window = 2048, OnsetHop = 512, Mels = 64;
    private const double LowestOctave = 62.5, Quiet = 1e-12; // Hz, centre of the lowest band
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
        using var mel = new MelSpectrogram(sampleRate, Window, OnsetHop, Mels);
        return new PerceptualMetrics(
            ChromaAgreement.Between(a, b, sampleRate),
            Correlation(OnsetStrength(mel, a), OnsetStrength(mel, b)),
            [.. OctaveLevels(b, sampleRate).Zip(OctaveLevels(a, sampleRate), (own, theirs) => own - theirs)],
            PulseOf(b) - PulseOf(a));

        double PulseOf(Tensor audio) => Pulsing.Of(audio, sampleRate, hop, PulseFrom, PulseTo, multiples: 1);
    }

    /// <summary>The mean of each figure.</summary>
    public static PerceptualMetrics Mean(IReadOnlyCollection<PerceptualMetrics> heard) => new(
        ChromaAgreement.Mean([.. heard.Select(h => h.Chroma)]),
        heard.Average(h => h.Onsets),
        [.. Enumerable.Range(0, OctaveBands).Select(band => heard.Average(h => h.Octaves[band]))],
        heard.Average(h => h.Pulse));

    /// <summary>How much louder than a moment ago the bands become, all together.</summary>
    /// <returns>(frames − 1)</returns>
    private static Tensor OnsetStrength(MelSpectrogram mel, Tensor audio)
    {
        var bands = mel.Compute(audio.unsqueeze(0)).AtLeast(1e-4).log()[0]; // (frames, mels)
        var frames = bands.size(0);
        return (bands.narrow(0, 1, frames - 1) - bands.narrow(0, 0, frames - 1)).AtLeast(0.0).mean([1]);
    }

    /// <summary>Power in each octave band, in dB.</summary>
    private static double[] OctaveLevels(Tensor audio, int sampleRate)
    {
        var power = fft.rfft(audio).abs().Squared(); // (bins)
        var hertz = (double)sampleRate / audio.size(0);
        return [.. Enumerable.Range(0, OctaveBands).Select(band =>
        {
            var centre = LowestOctave * Math.Pow(2, band);
            var (from, to) = ((long)(centre / Math.Sqrt(2) / hertz), Math.Min(power.size(0), (long)(centre * Math.Sqrt(2) / hertz)));
            return 10 * Math.Log10(power.narrow(0, from, to - from).sum().Number() + Quiet);
        })];
    }

    private static double Correlation(Tensor a, Tensor b)
    {
        (a, b) = (a - a.mean(), b - b.mean());
        return ((a * b).sum() / (a.Squared().sum() * b.Squared().sum()).sqrt().AtLeast(Quiet)).Number();
    }
}
