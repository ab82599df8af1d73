using TorchSharp.Modules;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>
/// A constant-Q spectrum (Brown 1991) of eight octaves from 55 Hz: bands at equal distances in pitch, one spectrum a frame. Low notes
/// lie close together in frequency and are seen through a long window; high ones need none, and short windows tell when they begin.
/// <para>
/// Power is compressed by a power law, as ears do it, and not by a logarithm: what is loud in a spectrum, its notes, counts more
/// than how quiet the gaps between them are.
/// </para>
/// </summary>
internal sealed class ConstantQ : nn.Module<Tensor, Tensor>
{
    public const int Octaves = 8;

    private const double Lowest = 55; // Hz: A1, the open A string of a bass guitar
    private const double Exponent = 0.2, Silence = 1e-9; // power of a full sine is 1
    private const double Mean = 0.073, Deviation = 0.054; // of the compressed power of music at −24 LUFS

    /// <summary>Windows in frames, and how many octaves, from the lowest up, are seen through each.</summary>
    private static readonly (int Frames, int Octaves)[] s_windows = [(11, 4), (4, 2), (2, 2)];

    private readonly ModuleList<Bands> _bands;

    /// <param name="bandsPerOctave">24: quarter tones</param>
    public ConstantQ(int sampleRate, int hop, int bandsPerOctave)
        : base(nameof(ConstantQ))
    {
        var (bands, octave) = (new List<Bands>(), 0);
        foreach (var (frames, octaves) in s_windows)
        {
            bands.Add(new Bands(new SpectralFrames(frames * hop, hop), Filters(sampleRate, frames * hop, octave, octaves, bandsPerOctave)));
            octave += octaves;
        }
        _bands = nn.ModuleList([.. bands]);
        RegisterComponents();
    }

    /// <param name="audio">(batch, frames · hop)</param>
    /// <returns>(batch, frames, bands), about zero mean and unit variance on music at −24 LUFS</returns>
    public override Tensor forward(Tensor audio)
    {
        var power = cat([.. _bands.Select(bands => bands.forward(audio))], 2); // (batch, frames, bands)
        return power.AtLeast(Silence).ToPower(Exponent).Minus(Mean).Times(1 / Deviation);
    }

    /// <summary>Triangles around the centres of the bands, as wide as the distance to the next, and at least a bin.</summary>
    /// <returns>(bands, bins), row by row</returns>
    private static float[] Filters(int sampleRate, int size, int firstOctave, int octaves, int bandsPerOctave)
    {
        var (bands, bins, width) = (octaves * bandsPerOctave, size / 2 + 1, (double)sampleRate / size);
        var filters = new float[bands * bins];
        for (var band = 0; band < bands; band++)
        {
            var centre = Lowest * Math.Pow(2, firstOctave + (double)band / bandsPerOctave);
            var reach = Math.Max(width, centre * (Math.Pow(2, 1.0 / bandsPerOctave) - 1));
            var row = filters.AsSpan(band * bins, bins);
            for (var bin = 0; bin < bins; bin++)
                row[bin] = (float)Math.Max(0, 1 - Math.Abs(bin * width - centre) / reach);
            // A sine of amplitude 1 has a peak of size / 4 under a Hann window.
            var scale = 16f / ((float)size * size * Math.Max(1e-9f, Sum(row)));
            foreach (ref var weight in row)
                weight *= scale;
        }
        return filters;
    }

    private static float Sum(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
            sum += value;
        return sum;
    }

    /// <summary>The bands that are seen through one window.</summary>
    private sealed class Bands : nn.Module<Tensor, Tensor>
    {
        private readonly SpectralFrames _frames;
        private readonly Tensor _filters; // (bins, bands)

        /// <param name="filters">(bands, bins), row by row</param>
        public Bands(SpectralFrames frames, float[] filters)
            : base(nameof(Bands))
        {
            using var scope = NewDisposeScope();
            _frames = frames;
            _filters = tensor(filters, [filters.Length / frames.Bins, frames.Bins]).T.contiguous().DetachFromDisposeScope();
            RegisterComponents();
        }

        /// <param name="audio">(batch, frames · hop)</param>
        /// <returns>power (batch, frames, bands)</returns>
        public override Tensor forward(Tensor audio)
        {
            var (re, im) = _frames.Analyze(audio); // (batch, frames, bins)
            return re.Squared().Plus(im.Squared()).matmul(_filters);
        }
    }
}
