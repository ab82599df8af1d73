using TorchSharp;
using TorchSharp.Utils;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Codec;

/// <summary>Tells music from what a codec makes of it. Returns the output of every layer; the last are its scores, 1 = real.</summary>
internal abstract class Discriminator(string name) : nn.Module<Tensor, IReadOnlyList<Tensor>>(name)
{
    private const double Slope = 0.1; // of the leaky rectifier

    /// <summary>Convolutions one after the other, each rectified and remembered.</summary>
    private protected static Tensor Through(IEnumerable<WeightNormConv2d> layers, Tensor x, List<Tensor> features)
    {
        foreach (var layer in layers)
            features.Add(x = LeakyRelu(layer.forward(x)));
        return x;
    }

    private static Tensor LeakyRelu(Tensor x) => x.maximum(x.Times(Slope));

    /// <summary>A width of the published networks at another scale.</summary>
    private protected static int Scaled(int channels, double scale) => Math.Max(2, (int)Math.Round(channels * scale));
}

/// <summary>
/// Several as one module. (A ModuleList that no module registers has no parameters: it would learn nothing, without a word.)
/// </summary>
internal sealed class Discriminators : nn.Module
{
    public Discriminators(IReadOnlyList<Discriminator> all)
        : base(nameof(Discriminators))
    {
        All = all;
        for (var i = 0; i < all.Count; i++)
            register_module($"{i}", all[i]);
    }

    public IReadOnlyList<Discriminator> All { get; }
}

/// <summary>
/// Looks at every n-th sample (HiFi-GAN, Kong et al. 2020): audio folded into columns of one phase each, convolved along
/// them. Widths and strides are the Descript codec's.
/// </summary>
internal sealed class PeriodDiscriminator : Discriminator
{
    private static readonly int[] s_widths = [32, 128, 512, 1024, 1024];
    private readonly int _period;
    private readonly WeightNormConv2d[] _layers;

    [ComponentName(Name = "score")]
    private readonly WeightNormConv2d _score;

    public PeriodDiscriminator(int period, double scale)
        : base(nameof(PeriodDiscriminator))
    {
        _period = period;
        int[] widths = [1, .. s_widths.Select(width => Scaled(width, scale))];
        _layers = [
            .. Enumerable.Range(0, s_widths.Length)
            .Select(i => new WeightNormConv2d(widths[i], widths[i + 1], (5, 1), (i < s_widths.Length - 1 ? 3 : 1, 1)))];
        register_module("layers", nn.ModuleList(_layers));
        _score = new WeightNormConv2d(widths[^1], 1, (3, 1), (1, 1));
        RegisterComponents();
    }

    /// <param name="audio">(batch, samples)</param>
    public override IReadOnlyList<Tensor> forward(Tensor audio)
    {
        var padded = nn.functional.pad(audio.unsqueeze(1), [0, (_period - audio.size(1) % _period) % _period], PaddingModes.Reflect);
        var features = new List<Tensor>();
        var x = Through(_layers, padded.view(audio.size(0), 1, -1, _period), features);
        return [.. features, _score.forward(x)];
    }
}

/// <summary>
/// Looks at complex spectra of one window size, at five bands of them apart (the Descript codec's, Kumar et al. 2023): it
/// hears phase, and what is missing at the top.
/// </summary>
internal sealed class SpectrumDiscriminator : Discriminator
{
    private const int Width = 32, OverlappingWindows = 4;
    private static readonly double[] s_borders = [0, 0.1, 0.25, 0.5, 0.75, 1];
    private readonly int _size;
    private readonly Tensor _window; // (size)
    private readonly WeightNormConv2d[][] _bands;

    [ComponentName(Name = "score")]
    private readonly WeightNormConv2d _score;

    /// <param name="size">samples of a window, a power of two</param>
    public SpectrumDiscriminator(int size, double scale)
        : base(nameof(SpectrumDiscriminator))
    {
        _size = size;
        _window = hann_window(size).DetachFromDisposeScope();
        var width = Scaled(Width, scale);
        _bands = [.. Enumerable.Range(0, s_borders.Length - 1).Select(_ => new WeightNormConv2d[]
        {
            new(2, width, (3, 9), (1, 1)), new(width, width, (3, 9), (1, 2)), new(width, width, (3, 9), (1, 2)),
                new(width, width, (3, 9), (1, 2)), new(width, width, (3, 3), (1, 1)),
        })];
        for (var i = 0; i < _bands.Length; i++)
            register_module($"band{i}", nn.ModuleList(_bands[i]));
        _score = new WeightNormConv2d(width, 1, (3, 3), (1, 1));
        RegisterComponents();
    }

    /// <param name="audio">(batch, samples), at least one window</param>
    public override IReadOnlyList<Tensor> forward(Tensor audio)
    {
        var spectrum = fft.rfft(audio.unfold(-1, _size, _size / OverlappingWindows) * _window); // (batch, frames, bins)
        var x = stack([spectrum.real, spectrum.imag], 1); // (batch, 2, frames, bins)
        var (bins, features) = (_size / 2 + 1, new List<Tensor>());
        var bands = _bands.Select((layers, i) =>
        {
            var (from, to) = ((int)(s_borders[i] * bins), (int)(s_borders[i + 1] * bins));
            return Through(layers, x.narrow(3, from, to - from), features);
        }).ToList();
        return [.. features, _score.forward(cat(bands, 3))];
    }
}
