using TorchSharp;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>
/// Phases of tones from magnitudes alone: a peak turns as fast as the frequency that it and its neighbours show, and the
/// bins around it turn with it (single pass spectrogram inversion, Beauregard, Harish and Wyse 2015).
/// <para>
/// Once a segment the phases are given, always the same ones, so that no stretch of a track needs all that
/// came before it. In between they are followed from both ends and led over from one to the other: a steady tone
/// is off by at most half a turn a segment, which is less than 1 Hz, and never breaks.
/// </para>
/// </summary>
internal sealed class TonePhases : nn.Module
{
    private const int Lobe = 2; // bins on either side of a peak that are the same tone: half of a Hann window's main lobe
    private readonly Tensor _given; // (bins)
    private readonly int _segment; // spectra from one place of given phases to the next
    private readonly double _turn; // of a bin's own frequency from spectrum to spectrum, in radians a bin

    /// <param name="size">samples of a spectrum's window</param>
    /// <param name="hop">samples from spectrum to spectrum</param>
    /// <param name="bins">of a spectrum, from the lowest up</param>
    /// <param name="segment">spectra from one place of given phases to the next</param>
    public TonePhases(int size, int hop, int bins, int segment)
        : base(nameof(TonePhases))
    {
        using var scope = NewDisposeScope();
        _segment = segment;
        _turn = 2 * Math.PI * hop / size;
        var random = new Random(2); // phases that are all alike would make a click of every place where they are given
        var given = tensor([.. Enumerable.Range(0, bins).Select(_ => (float)(2 * Math.PI * random.NextDouble()))]);
        _given = given.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <param name="loudness">log magnitudes (batch, spectra, bins), the first at a multiple of the segment in its track</param>
    /// <returns>radians, (batch, spectra, bins)</returns>
    public Tensor Follow(Tensor loudness)
    {
        var (batch, spectra, bins) = (loudness.size(0), loudness.size(1), loudness.size(2));
        var (peak, opposite) = Peaks(loudness);
        var step = Frequencies(loudness).gather(2, peak).Times(_turn).Modulo(2 * Math.PI); // of the peak, since the spectrum before
        // of the same tone, to the spectrum after
        var next = nn.functional.pad(step.narrow(1, 1, spectra - 1), [0, 0, 0, 1]).gather(2, peak);

        var segments = (spectra + _segment - 1) / _segment;
        Tensor Cut(Tensor x) => nn.functional.pad(x, [0, 0, 0, segments * _segment - spectra]).reshape(batch * segments, _segment, bins);
        (peak, opposite, step, next) = (Cut(peak), Cut(opposite), Cut(step), Cut(next));
        // (batch · segments, bins)
        var start = _given.expand(batch * segments, bins).gather(1, peak.select(1, 0)).Plus(opposite.select(1, 0));
        var end = nn.functional.pad(start.view(batch, segments, bins).narrow(1, 1, segments - 1), [0, 0, 0, 1]).view(
            batch * segments, bins);

        var (forth, back) = (new Tensor[_segment], new Tensor[_segment]);
        forth[0] = start;
        for (var i = 1; i < _segment; i++)
            forth[i] = forth[i - 1].gather(1, peak.select(1, i)).Plus(step.select(1, i)).Plus(opposite.select(1, i));
        for (var i = _segment - 1; i >= 0; i--)
            back[i] = ((i + 1 < _segment ? back[i + 1] : end).gather(1, peak.select(1, i)) - next.select(1, i)).Plus(opposite.select(1, i));

        var phases = stack(forth, 1); // (batch · segments, segment, bins)
        var share = TensorArithmetic.Range(_segment, float32, loudness.device).Over(_segment);
        var led = phases.Plus(Unwrapped(stack(back, 1) - phases) * share.view(-1, 1)).view(batch, segments, _segment, bins);
        // Where a track ends, nothing is given to lead to.
        var open = phases.view(batch, segments, _segment, bins).narrow(1, segments - 1, 1);
        return cat([led.narrow(1, 0, segments - 1), open], 1).reshape(batch, segments * _segment, bins).narrow(1, 0, spectra);
    }

    /// <summary>
    /// The loudest bin within a lobe of each, and π where it is an odd number of bins away: next to a peak, signs alternate.
    /// </summary>
    private static (Tensor Peak, Tensor Opposite) Peaks(Tensor loudness)
    {
        var away = nn.functional.pad(loudness, [Lobe, Lobe], value: float.NegativeInfinity).unfold(2, 2 * Lobe + 1, 1).argmax(-1)
            .Minus(Lobe);
        return (away.Plus(TensorArithmetic.Range(loudness.size(2), int64, loudness.device)), away.Modulo(2).to(float32).Times(Math.PI));
    }

    /// <summary>In bins: the top of the parabola through a bin's log magnitude and its neighbours'.</summary>
    private static Tensor Frequencies(Tensor loudness)
    {
        var bins = loudness.size(2);
        var around = nn.functional.pad(loudness, [1, 1], PaddingModes.Replicate);
        var (below, above) = (around.narrow(2, 0, bins), around.narrow(2, 2, bins));
        var top = (below - above).Times(0.5) / (below - loudness.Times(2.0)).Plus(above).AtMost(-1e-6);
        return top.AtLeast(-0.5).AtMost(0.5).Plus(TensorArithmetic.Range(bins, float32, loudness.device));
    }

    /// <summary>Differences of phases, near 0 at first and without jumps from then on.</summary>
    /// <param name="x">radians, (batch, spectra, bins)</param>
    private static Tensor Unwrapped(Tensor x)
    {
        var first = Wrapped(x.narrow(1, 0, 1));
        return cat([first, first.Plus(Wrapped(x.narrow(1, 1, x.size(1) - 1) - x.narrow(1, 0, x.size(1) - 1)).cumsum(1))], 1);

        static Tensor Wrapped(Tensor turn) => turn - turn.Over(2 * Math.PI).round().Times(2 * Math.PI);
    }
}
