using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Measures;

/// <summary>The pitch of a single note, by subharmonic summation (Hermes 1988).</summary>
public static class Pitch
{
    private const int Size = 1 << 16; // points of the transform: bins of less than a hertz
    private const int Harmonics = 10;
    private const double Lowest = 50, Highest = 2_000, StepsPerOctave = 240; // Hz, and candidates
    private const double Weight = 0.84; // of each harmonic, as a share of the one below

    /// <param name="samples">of one note, at most 65,536</param>
    /// <returns>in Hz</returns>
    public static double Of(ReadOnlySpan<float> samples, int sampleRate)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var spectrum = fft.rfft(tensor(samples.ToArray()) * hann_window(samples.Length), Size);
        // The square root keeps one strong harmonic from standing for all of them.
        var strength = spectrum.abs().sqrt().Elements<float>();
        var (best, most) = (Lowest, double.NegativeInfinity);
        for (var step = 0; step <= StepsPerOctave * Math.Log2(Highest / Lowest); step++)
        {
            var frequency = Lowest * Math.Pow(2, step / StepsPerOctave);
            var sum = Sum(strength, frequency * Size / sampleRate);
            if (sum > most)
                (best, most) = (frequency, sum);
        }
        return best;
    }

    /// <param name="strength">of each bin</param>
    /// <param name="bin">of the fundamental</param>
    private static double Sum(float[] strength, double bin)
    {
        var (sum, weight) = (0.0, 1.0);
        for (var harmonic = 1; harmonic <= Harmonics; harmonic++, weight *= Weight)
        {
            var at = (int)Math.Round(bin * harmonic);
            if (at < strength.Length)
                sum += weight * strength[at];
        }
        return sum;
    }
}
