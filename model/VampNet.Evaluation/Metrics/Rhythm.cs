using VampNet.Model.Layers;
using VampNet.Training.Losses;
using VampNet.Training.Measures;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Metrics;

/// <summary>Whether two sounds have their hits at the same moments, and the same tempo.</summary>
internal static class Rhythm
{
    private const int Window = 2048, Hop = 512, Mels = 64;
    private const double ShortestPeriod = 0.2, LongestPeriod = 2; // seconds

    /// <param name="original">mono, at least a second</param>
    /// <param name="result">as many samples</param>
    /// <returns>correlation of onset strength over time, and of its autocorrelation over the period</returns>
    public static (double Onsets, double Tempo) Of(Tensor original, Tensor result, int sampleRate)
    {
        using var mel = new MelSpectrogram(sampleRate, Window, Hop, Mels);
        var (a, b) = (OnsetStrength(mel, original), OnsetStrength(mel, result));
        var rate = (double)sampleRate / Hop;
        return (Correlation.Of(a, b).Number(), Correlation.Of(Periods(a, rate), Periods(b, rate)).Number());
    }

    /// <summary>How much louder than a moment ago the bands become, all together.</summary>
    /// <returns>(frames − 1)</returns>
    private static Tensor OnsetStrength(MelSpectrogram mel, Tensor audio)
    {
        var bands = mel.Compute(audio.unsqueeze(0)).AtLeast(1e-4).log()[0]; // (frames, mels)
        var frames = bands.size(0);
        return (bands.narrow(0, 1, frames - 1) - bands.narrow(0, 0, frames - 1)).AtLeast(0.0).mean([1]);
    }

    /// <summary>Autocorrelation at the lags that beats have, as long as half of the sound.</summary>
    /// <returns>(lags)</returns>
    private static Tensor Periods(Tensor strength, double rate)
    {
        var length = strength.size(0);
        var power = fft.rfft(strength - strength.mean(), 2 * length).abs().Squared(); // padded: nothing wraps round
        var (from, to) = ((long)(ShortestPeriod * rate), Math.Min(length / 2, (long)(LongestPeriod * rate)));
        return fft.irfft(power, 2 * length).narrow(0, from, to - from);
    }
}
