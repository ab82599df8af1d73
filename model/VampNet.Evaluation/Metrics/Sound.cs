using VampNet.Audio;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Metrics;

/// <summary>What an ear would object to, as figures of a result beside its original.</summary>
/// <param name="Loudness">of the result above the original, in LU (ITU-R BS.1770-4)</param>
/// <param name="Offset">share of a constant in the result's level: |mean| / root mean square; 0 = none</param>
/// <param name="Treble">level of 10 to 14 kHz above the original's, in dB</param>
/// <param name="Joins">
/// jumps of the slope where frames meet, as a multiple of those elsewhere (mean absolute second differences): 1 = frames
/// leave no trace
/// </param>
/// <param name="Buzz">
/// how far the loudness of 2 to 6 kHz pulses at the rate of the frames and its first multiples, beyond what it does just
/// beside them, above the original's, in dB
/// </param>
public sealed record Sound(double Loudness, double Offset, double Treble, double Joins, double Buzz)
{
    private const int Window = 2048, Multiples = 4;
    private const double TrebleFrom = 10_000, TrebleTo = 14_000, BuzzFrom = 2_000, BuzzTo = 6_000, Quiet = 1e-12;

    /// <param name="original">mono</param>
    /// <param name="result">mono, as many samples, at least a second</param>
    /// <param name="hop">samples of a frame; the first begins with the audio</param>
    public static Sound Of(float[] original, float[] result, int sampleRate, int hop) => new(
        Integrated(result, sampleRate) - Integrated(original, sampleRate),
        Math.Abs(result.Average()) / Math.Sqrt(result.Average(sample => (double)sample * sample) + Quiet),
        10 * Math.Log10((TrebleOf(result, sampleRate) + Quiet) / (TrebleOf(original, sampleRate) + Quiet)),
        JumpsAtJoins(result, hop),
        Buzzing(result, sampleRate, hop) - Buzzing(original, sampleRate, hop));

    /// <summary>The mean of each figure.</summary>
    public static Sound Mean(IReadOnlyCollection<Sound> sounds) =>
        new(sounds.Average(s => s.Loudness), sounds.Average(s => s.Offset), sounds.Average(s => s.Treble), sounds.Average(s => s.Joins),
            sounds.Average(s => s.Buzz));

    private static double Integrated(float[] samples, int sampleRate) =>
        Audio.Processing.Loudness.Integrated(new AudioBuffer(samples, sampleRate));

    /// <summary>Power in the band.</summary>
    private static double TrebleOf(float[] samples, int sampleRate)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var spectrum = fft.rfft(tensor(samples).unfold(0, Window, Window / 2) * hann_window(Window)); // (frames, bins)
        var (from, to) = ((long)(TrebleFrom * Window / sampleRate), (long)(TrebleTo * Window / sampleRate));
        return spectrum.real.Squared().Plus(spectrum.imag.Squared()).narrow(1, from, to - from).mean().Number();
    }

    private static double JumpsAtJoins(float[] samples, int hop)
    {
        double atJoins = 0, elsewhere = 0;
        long joins = 0, others = 0;
        for (var i = 1; i + 1 < samples.Length; i++)
        {
            var jump = Math.Abs(samples[i + 1] - 2.0 * samples[i] + samples[i - 1]);
            if (i % hop == 0 || (i + 1) % hop == 0) // the samples on either side of a join
                (atJoins, joins) = (atJoins + jump, joins + 1);
            else
                (elsewhere, others) = (elsewhere + jump, others + 1);
        }
        return (atJoins / Math.Max(1, joins) + Quiet) / (elsewhere / Math.Max(1, others) + Quiet);
    }

    private static double Buzzing(float[] samples, int sampleRate, int hop)
    {
        using var audio = tensor(samples);
        return Pulsing.Of(audio, sampleRate, hop, BuzzFrom, BuzzTo, Multiples);
    }
}
