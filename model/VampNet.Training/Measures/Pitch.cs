using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Measures;

/// <summary>
/// The pitches of notes that sound together: the strongest by subharmonic summation (Hermes 1988), then the strongest of what is left
/// without its harmonics (Klapuri 2006).
/// </summary>
public static class Pitch
{
    private const int Size = 1 << 16; // points of the transform: bins of less than a hertz
    private const int Harmonics = 10, MostHarmonics = 20; // that are summed, and that are taken away
    private const double Lowest = 50, Highest = 2_000, StepsPerOctave = 240; // Hz, and candidates
    private const double Weight = 0.84; // of each harmonic, as a share of the one below

    /// <param name="samples">of the notes, at most 65,536</param>
    /// <param name="count">of notes</param>
    /// <returns>in Hz, the strongest first</returns>
    public static IReadOnlyList<double> Of(ReadOnlySpan<float> samples, int sampleRate, int count = 1)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var spectrum = fft.rfft(tensor(samples.ToArray()) * hann_window(samples.Length), Size);
        // The square root keeps one strong harmonic from standing for all of them.
        var strength = spectrum.abs().sqrt().Elements<float>();
        var lobe = (int)Math.Ceiling(2.0 * Size / samples.Length); // half the width of a line through the window, in bins
        var found = new double[count];
        for (var i = 0; i < count; i++)
        {
            found[i] = Strongest(strength, sampleRate);
            TakeAway(strength, found[i] * Size / sampleRate, lobe);
        }
        return found;
    }

    private static double Strongest(float[] strength, int sampleRate)
    {
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

    private static void TakeAway(float[] strength, double bin, int lobe)
    {
        for (var harmonic = 1; harmonic <= MostHarmonics; harmonic++)
        {
            var at = (int)Math.Round(bin * harmonic);
            for (var i = Math.Max(0, at - lobe); i <= Math.Min(strength.Length - 1, at + lobe); i++)
                strength[i] = 0;
        }
    }
}
