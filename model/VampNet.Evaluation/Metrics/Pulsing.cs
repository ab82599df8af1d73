using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Metrics;

/// <summary>How far the loudness of a sound comes and goes with the frames of a codec.</summary>
internal static class Pulsing
{
    private const double Quiet = 1e-12;
    private const double LineWidth = 0.3, BesideFrom = 2, BesideTo = 8; // Hz on either side of a multiple

    /// <summary>Lines of a band's envelope at multiples of the frames' rate above what is just beside them, in dB.</summary>
    /// <param name="audio">mono samples, at least a second</param>
    /// <param name="hop">samples of a frame</param>
    /// <param name="from">lowest frequency of the band, in Hz</param>
    /// <param name="to">highest frequency of the band, in Hz</param>
    /// <param name="multiples">of the frames' rate that count, from the first</param>
    public static double Of(Tensor audio, int sampleRate, int hop, double from, double to, int multiples)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var count = audio.size(0);
        var perHertz = (double)count / sampleRate; // bins
        var spectrum = fft.rfft(audio);
        var (first, last) = ((long)(from * perHertz), (long)(to * perHertz));
        var band = nn.functional.pad(spectrum.narrow(0, first, last - first), [first, count / 2 + 1 - last]);
        var pulses = fft.rfft(fft.irfft(band, count).Squared() * hann_window(count)).abs().Squared();
        double lines = 0, beside = 0;
        for (var multiple = 1; multiple <= multiples; multiple++)
        {
            var centre = multiple * (double)sampleRate / hop;
            lines += Mean(centre - LineWidth, centre + LineWidth);
            beside += (Mean(centre - BesideTo, centre - BesideFrom) + Mean(centre + BesideFrom, centre + BesideTo)) / 2;
        }
        return 10 * Math.Log10((lines + Quiet) / (beside + Quiet));

        double Mean(double low, double high)
        {
            var start = (long)Math.Round(low * perHertz);
            return pulses.narrow(0, start, Math.Max(1, (long)Math.Round(high * perHertz) + 1 - start)).mean().Number();
        }
    }
}
