using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Losses;

/// <summary>Magnitudes on the mel scale (Slaney's: linear below 1 kHz, logarithmic above; filters of equal area).</summary>
public sealed class MelSpectrogram : IDisposable
{
    private readonly Tensor _window; // (size)
    private readonly Tensor _filters; // (bins, mels)
    private readonly int _size, _hop;

    /// <param name="size">samples of a window</param>
    /// <param name="hop">samples between windows</param>
    public MelSpectrogram(int sampleRate, int size, int hop, int mels, Device? device = null)
    {
        using var scope = NewDisposeScope();
        (_size, _hop) = (size, hop);
        _window = hann_window(size, device: device).DetachFromDisposeScope();
        _filters = tensor(Filters(sampleRate, size, mels), [mels, size / 2 + 1]).T.contiguous().to(device ?? CPU).DetachFromDisposeScope();
    }

    /// <param name="audio">(batch, samples)</param>
    /// <returns>(batch, frames, mels)</returns>
    public Tensor Compute(Tensor audio)
    {
        var padded = nn.functional.pad(audio, [_size / 2, _size / 2]);
        var spectrum = fft.rfft(padded.unfold(-1, _size, _hop) * _window); // (batch, frames, bins)
        return spectrum.real.Squared().Plus(spectrum.imag.Squared()).Plus(1e-9).sqrt().matmul(_filters);
    }

    public void Dispose()
    {
        _window.Dispose();
        _filters.Dispose();
    }

    /// <returns>(mels, bins), row by row</returns>
    internal static float[] Filters(int sampleRate, int size, int mels)
    {
        var bins = size / 2 + 1;
        var top = ToMel(sampleRate / 2.0);
        var centres = Enumerable.Range(0, mels + 2).Select(i => ToHertz(top * i / (mels + 1))).ToArray();
        var filters = new float[mels * bins];
        for (var m = 0; m < mels; m++)
        {
            var (left, centre, right) = (centres[m], centres[m + 1], centres[m + 2]);
            for (var b = 0; b < bins; b++)
            {
                var f = (double)b * sampleRate / size;
                var height = Math.Min((f - left) / (centre - left), (right - f) / (right - centre));
                filters[m * bins + b] = (float)(Math.Max(0, height) * 2 / (right - left));
            }
        }
        return filters;
    }

    private static double ToMel(double hertz) => hertz < 1000 ? hertz * 3 / 200 : 15 + Math.Log(hertz / 1000) * 27 / Math.Log(6.4);

    private static double ToHertz(double mel) => mel < 15 ? mel * 200 / 3 : 1000 * Math.Exp((mel - 15) * Math.Log(6.4) / 27);
}
