using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>
/// Finds a sound that has given magnitudes. Tones get phases that go on from spectrum to spectrum (<see cref="TonePhases"/>), all
/// else those of white noise, and two iterations of fast Griffin–Lim (Griffin and Lim 1984; Perraudin, Balazs and
/// Søndergaard 2013) fit them to each other.
/// <para>
/// More iterations come nearer to the magnitudes and further from music: magnitudes from tokens are smooth where music is
/// noise, and the sound that fits smooth magnitudes best is a train of clicks, one a spectrum. Started at random they leave no
/// tone in tune with itself either.
/// </para>
/// </summary>
internal sealed class PhaseRecovery : nn.Module
{
    private const int Iterations = 2;
    private const double Momentum = 0.99;
    private const double Prominent = 0.8, Slope = 4; // 7 dB above what is on either side
    private const int Flank = 3, Lasting = 4; // bins, and spectra, on either side that count

    private readonly SpectralFrames _frames; // the codec's
    private readonly TonePhases _tones;
    private readonly Tensor _re, _im; // (period, bins): phases of noise
    private readonly Tensor _moving; // (bins): 0 for the constant part of a spectrum, else 1

    /// <param name="segment">spectra from one place of given phases to the next, <see cref="TonePhases"/></param>
    public PhaseRecovery(SpectralFrames frames, int segment)
        : base(nameof(PhaseRecovery))
    {
        using var scope = NewDisposeScope();
        (_frames, Period) = (frames, 2 * segment);
        _tones = new TonePhases(frames.Size, frames.Hop, frames.Bins, segment);
        _moving = TensorArithmetic.Range(frames.Bins, float32).sign().DetachFromDisposeScope();
        var random = new Random(1);
        var noise = tensor([.. Enumerable.Range(0, Period * frames.Hop).Select(_ => random.NextSingle() - 0.5f)]);
        var (re, im) = frames.Analyze(noise.repeat(3).unsqueeze(0)); // its middle goes round
        (re, im) = Unit(re.select(0, 0).narrow(0, Period, Period), im.select(0, 0).narrow(0, Period, Period));
        (_re, _im) = (re.DetachFromDisposeScope(), im.DetachFromDisposeScope());
        RegisterComponents();
    }

    /// <summary>
    /// Spectra after which the noise repeats: a stretch that begins at a multiple of them comes out as within the whole.
    /// </summary>
    public int Period { get; }

    /// <summary>Phases count as given: the gradient goes through the magnitudes alone.</summary>
    /// <param name="magnitudes">(batch, spectra, bins)</param>
    /// <returns>audio (batch, spectra · hop)</returns>
    public Tensor Synthesize(Tensor magnitudes)
    {
        var (re, im) = Find(magnitudes.detach());
        return _frames.Synthesize(magnitudes * re, magnitudes * im);
    }

    /// <returns>cosine and sine of every phase, (batch, spectra, bins) each</returns>
    private (Tensor Re, Tensor Im) Find(Tensor magnitudes)
    {
        using var frozen = no_grad();
        var (re, im) = Start(magnitudes);
        (Tensor Re, Tensor Im)? before = null;
        for (var i = 0; i < Iterations; i++)
        {
            var (foundRe, foundIm) = _frames.Analyze(_frames.Synthesize(magnitudes * re, magnitudes * im));
            (re, im) = before is var (oldRe, oldIm) ? Unit(Further(foundRe, oldRe), Further(foundIm, oldIm)) : Unit(foundRe, foundIm);
            before = (foundRe, foundIm);
        }
        return (re, im);

        static Tensor Further(Tensor found, Tensor old) => found.Plus((found - old).Times(Momentum));
    }

    private (Tensor Re, Tensor Im) Start(Tensor magnitudes)
    {
        using var scope = NewDisposeScope();
        var loudness = magnitudes.AtLeast(1e-9).log();
        var (tones, tonal) = (_tones.Follow(loudness), Tonality(loudness));
        var places = TensorArithmetic.Range(magnitudes.size(1), int64, magnitudes.device).Modulo(Period);
        var (re, im) = Unit(Mix(tones.cos(), _re), Mix(tones.sin(), _im));
        return (re.MoveToOuterDisposeScope(), im.MoveToOuterDisposeScope());

        Tensor Mix(Tensor tone, Tensor noise) => (tone * tonal).Plus(noise.index_select(0, places) * tonal.neg().Plus(1));
    }

    /// <summary>1 where magnitudes are a tone's, 0 where they are noise: whether peaks stand out, and last.</summary>
    /// <param name="loudness">log magnitudes (batch, spectra, bins)</param>
    /// <returns>(batch, spectra, bins)</returns>
    private static Tensor Tonality(Tensor loudness)
    {
        var bins = loudness.size(2);
        var lowest = nn.functional.pad(loudness, [Flank, Flank], value: float.PositiveInfinity).unfold(2, Flank + 1, 1).amin([-1]);
        var prominence = loudness - lowest.narrow(2, 0, bins).maximum(lowest.narrow(2, Flank, bins));
        var around = nn.functional.pad(prominence, [1, 1, Lasting, Lasting]).unfold(2, 3, 1).amax([-1]).unfold(1, 2 * Lasting + 1, 1).mean(
            [-1]);
        return around.Minus(Prominent).Times(Slope).Plus(0.5).AtLeast(0.0).AtMost(1.0);
    }

    /// <summary>Of length 1, and 0 for what is constant in a spectrum: music has an offset at times, but it is no sound.</summary>
    private (Tensor Re, Tensor Im) Unit(Tensor re, Tensor im)
    {
        var scale = _moving / re.Squared().Plus(im.Squared()).Plus(1e-10).sqrt();
        return (re * scale, im * scale);
    }
}
