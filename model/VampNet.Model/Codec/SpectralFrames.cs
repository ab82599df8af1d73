using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>
/// Audio to complex spectra, one a hop, and back. Frame t is centred on hop t: n hops give exactly n frames, and the way
/// back restores them exactly (weighted overlap-add with a Hann window on both sides).
/// </summary>
internal sealed class SpectralFrames : nn.Module
{
    private readonly Tensor _window; // (size)

    /// <param name="size">samples of a window, a multiple of <paramref name="hop"/></param>
    /// <param name="bins">that are kept, from the lowest frequency up; null = all</param>
    public SpectralFrames(int size, int hop, int? bins = null)
        : base(nameof(SpectralFrames))
    {
        if (size % hop != 0 || (size - hop) % 2 != 0)
            throw new ArgumentException($"a window of {size} samples does not tile with hops of {hop}", nameof(size));
        (Size, Hop, Bins) = (size, hop, bins ?? size / 2 + 1);
        _window = hann_window(size).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Samples of a window.</summary>
    public int Size { get; }

    /// <summary>Samples from window to window.</summary>
    public int Hop { get; }

    public int Bins { get; }

    private int Margin => (Size - Hop) / 2;

    /// <param name="audio">(batch, frames · hop)</param>
    /// <returns>real and imaginary parts, (batch, frames, bins)</returns>
    public (Tensor Re, Tensor Im) Analyze(Tensor audio)
    {
        var padded = nn.functional.pad(audio, [Margin, Margin]);
        var spectrum = fft.rfft(padded.unfold(-1, Size, Hop) * _window).narrow(-1, 0, Bins);
        return (spectrum.real, spectrum.imag);
    }

    /// <param name="re">(batch, frames, bins)</param>
    /// <param name="im">(batch, frames, bins)</param>
    /// <returns>audio (batch, frames · hop)</returns>
    public Tensor Synthesize(Tensor re, Tensor im)
    {
        var frames = fft.irfft(complex(re, im), Size) * _window; // (batch, frames, size); bins that are not kept are silent
        var envelope = OverlapAdd((_window * _window).expand(1, frames.size(1), Size));
        return OverlapAdd(frames) / envelope.AtLeast(1e-3);
    }

    /// <param name="frames">(batch, frames, size)</param>
    private Tensor OverlapAdd(Tensor frames)
    {
        var (batch, count, parts) = (frames.size(0), frames.size(1), Size / Hop);
        var pieces = frames.reshape(batch, count, parts, Hop);
        Tensor? sum = null;
        for (var part = 0; part < parts; part++)
        {
            var shifted = nn.functional.pad(pieces.select(2, part), [0, 0, part, parts - 1 - part]); // (batch, count + parts − 1, hop)
            sum = sum is null ? shifted : sum.Plus(shifted);
        }
        return sum!.reshape(batch, -1).narrow(1, Margin, count * Hop);
    }
}
