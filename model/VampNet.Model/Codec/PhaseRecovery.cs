using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>
/// Finds the sound that has given magnitudes: fast Griffin–Lim (Griffin and Lim 1984; Perraudin, Balazs and Søndergaard 2013).
/// Phases start random, the same ones every <see cref="Period"/> frames, so that a stretch of a song comes out as within the
/// whole, as long as it begins at a multiple of them.
/// </summary>
internal sealed class PhaseRecovery : nn.Module
{
    /// <summary>Frames after which the random phases repeat; chunks of a song begin at multiples of the codec's frames within it.</summary>
    public const int Period = 128;

    // A frame learns of what is (window / hop - 1) frames further at each: together less than the margins of a chunk.
    private const int Iterations = 16;
    private const double Momentum = 0.99;

    private readonly SpectralFrames _frames;
    private readonly Tensor _re, _im; // (period, bins): where the phases start

    public PhaseRecovery(SpectralFrames frames)
        : base(nameof(PhaseRecovery))
    {
        using var scope = NewDisposeScope();
        _frames = frames;
        var random = new Random(1);
        var angles = tensor([.. Enumerable.Range(0, Period * frames.Bins).Select(_ => (float)(2 * Math.PI * random.NextDouble()))], [Period, frames.Bins]);
        register_buffer("re", _re = angles.cos().MoveToOuterDisposeScope(), persistent: false);
        register_buffer("im", _im = angles.sin().MoveToOuterDisposeScope(), persistent: false);
    }

    /// <summary>Phases count as given: the gradient goes through the magnitudes alone.</summary>
    /// <param name="magnitudes">(batch, frames, bins)</param>
    /// <returns>audio (batch, frames · hop)</returns>
    public Tensor Synthesize(Tensor magnitudes)
    {
        var (re, im) = Find(magnitudes.detach());
        return _frames.Synthesize(magnitudes * re, magnitudes * im);
    }

    /// <returns>cosine and sine of every phase, (batch, frames, bins) each</returns>
    private (Tensor Re, Tensor Im) Find(Tensor magnitudes)
    {
        using var frozen = no_grad();
        var places = arange(magnitudes.size(1), int64, magnitudes.device).remainder(Period);
        Tensor re = _re.index_select(0, places), im = _im.index_select(0, places);
        (Tensor Re, Tensor Im)? before = null;
        for (var i = 0; i < Iterations; i++)
        {
            using var scope = NewDisposeScope();
            var (foundRe, foundIm) = _frames.Analyze(_frames.Synthesize(magnitudes * re, magnitudes * im));
            var (towardsRe, towardsIm) = before is var (oldRe, oldIm) ? (foundRe + (foundRe - oldRe) * Momentum, foundIm + (foundIm - oldIm) * Momentum) : (foundRe, foundIm);
            var length = (towardsRe.square() + towardsIm.square() + 1e-10).sqrt();
            (re, im) = ((towardsRe / length).MoveToOuterDisposeScope(), (towardsIm / length).MoveToOuterDisposeScope());
            before = (foundRe.MoveToOuterDisposeScope(), foundIm.MoveToOuterDisposeScope());
        }
        return (re, im);
    }
}
