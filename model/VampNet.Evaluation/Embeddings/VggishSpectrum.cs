using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Embeddings;

/// <summary>What VGGish sees: log-mel magnitudes of 25 ms windows, a hundred a second, in patches of 0.96 s.</summary>
internal sealed class VggishSpectrum : IDisposable
{
    public const int SampleRate = 16000;

    private const int Window = 400, Size = 512, Hop = 160, Mels = 64, PatchFrames = 96;
    private const double LowestHertz = 125, HighestHertz = 7500, LogOffset = 0.01;

    private readonly Tensor _window = hann_window(Window).DetachFromDisposeScope();
    private readonly Tensor _filters = tensor(Filters(), [Size / 2 + 1, Mels]).DetachFromDisposeScope(); // (bins, mels)

    /// <param name="audio">mono at <see cref="SampleRate"/></param>
    /// <returns>(patches, 1, 96 frames, 64 mels)</returns>
    /// <exception cref="ArgumentException">less than a patch</exception>
    public Tensor Patches(ReadOnlySpan<float> audio)
    {
        var patches = ((audio.Length - Window) / Hop + 1) / PatchFrames;
        if (patches < 1)
            throw new ArgumentException($"{audio.Length} samples are less than a patch", nameof(audio));
        var frames = tensor(audio.ToArray()).unfold(0, Window, Hop).narrow(0, 0, patches * PatchFrames) * _window; // (frames, window)
        var spectrum = fft.rfft(frames, Size);
        var magnitude = spectrum.real.Squared().Plus(spectrum.imag.Squared()).sqrt(); // (frames, bins)
        return magnitude.matmul(_filters).Plus(LogOffset).log().reshape(patches, 1, PatchFrames, Mels);
    }

    public void Dispose()
    {
        _window.Dispose();
        _filters.Dispose();
    }

    /// <summary>Triangles over the mel scale of HTK, not normalised; the lowest bin has none.</summary>
    /// <returns>(bins, mels), row by row</returns>
    private static float[] Filters()
    {
        var (lowest, highest) = (Mel(LowestHertz), Mel(HighestHertz));
        var step = (highest - lowest) / (Mels + 1);
        var filters = new float[(Size / 2 + 1) * Mels];
        for (var bin = 1; bin <= Size / 2; bin++)
        {
            for (var m = 0; m < Mels; m++)
            {
                var distance = Math.Abs(Mel((double)bin * SampleRate / Size) - (lowest + (m + 1) * step)); // from the peak
                filters[bin * Mels + m] = (float)Math.Max(0, 1 - distance / step);
            }
        }
        return filters;
    }

    private static double Mel(double hertz) => 1127 * Math.Log(1 + hertz / 700);
}
