using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Measures;

/// <summary>
/// Whether the notes of two sounds are the same: the energies of the twelve pitch classes between 55 and 2,000 Hz, correlated
/// frame by frame (Pearson), and the mean of it.
/// </summary>
/// <param name="Value">1 = the same notes at the same time</param>
/// <param name="Chance">the same with the frames of the second sound shuffled: what the key and the register alone are worth</param>
public readonly record struct ChromaAgreement(double Value, double Chance)
{
    private const int PitchClasses = 12, Window = 8192, Hop = 2048;
    private const double Lowest = 55, Highest = 2_000; // Hz
    private const double Silence = 1e-5; // −50 dB of the mean frame: which notes silence has says nothing

    /// <param name="expected">mono, at least a window of 8192 samples</param>
    /// <param name="actual">as many samples</param>
    public static ChromaAgreement Between(Tensor expected, Tensor actual, int sampleRate)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (a, b) = (Energies(expected, sampleRate), Energies(actual, sampleRate)); // (frames, pitch classes)
        var level = a.sum(1); // (frames)
        var sounds = level.gt(level.mean().Times(Silence)).to(float32);
        var order = Enumerable.Range(0, (int)a.size(0)).Select(i => (long)i).ToArray();
        new Random(1).Shuffle(order);
        return new ChromaAgreement(Mean(Correlation.Of(a, b)), Mean(Correlation.Of(a, b.index_select(0, tensor(order)))));

        double Mean(Tensor values) => (values * sounds).sum().Number() / Math.Max(1, sounds.sum().Number());
    }

    /// <summary>Means over several pairs of sounds.</summary>
    public static ChromaAgreement Mean(IReadOnlyCollection<ChromaAgreement> agreements) =>
        new(agreements.Average(agreement => agreement.Value), agreements.Average(agreement => agreement.Chance));

    /// <summary>Whether two sounds have the same pitch classes on the whole, at whatever time: the correlation of their sums.</summary>
    /// <param name="a">mono, at least a window of 8192 samples</param>
    /// <param name="b">the same, of any length</param>
    public static double OnTheWhole(Tensor a, Tensor b, int sampleRate)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Correlation.Of(Energies(a, sampleRate).sum(0, true), Energies(b, sampleRate).sum(0, true)).Number();
    }

    /// <returns>(frames, pitch classes)</returns>
    private static Tensor Energies(Tensor audio, int sampleRate)
    {
        var spectrum = fft.rfft(audio.unfold(0, Window, Hop) * hann_window(Window)); // (frames, bins)
        return spectrum.real.Squared().Plus(spectrum.imag.Squared()).matmul(Members(sampleRate));
    }

    /// <summary>1 where a bin's frequency is nearest to a pitch class.</summary>
    /// <returns>(bins, pitch classes)</returns>
    private static Tensor Members(int sampleRate)
    {
        var members = new float[(Window / 2 + 1) * PitchClasses];
        for (var bin = 1; bin <= Window / 2; bin++)
        {
            var frequency = (double)bin * sampleRate / Window;
            if (frequency is >= Lowest and <= Highest)
                members[bin * PitchClasses + (int)Math.Round(PitchClasses * Math.Log2(frequency / Lowest)) % PitchClasses] = 1;
        }
        return tensor(members, [Window / 2 + 1, PitchClasses]);
    }
}
