namespace VampNet.Model.Beats.SpectralFlux;

/// <summary>Triangular filters, evenly spaced on the mel scale (O'Shaughnessy 1987), over a power spectrum.</summary>
internal sealed class MelBands
{
    private readonly (int First, float[] Weights)[] _filters;
    private readonly double[] _centres;

    public MelBands(int count, double lowest, double highest, int sampleRate, int fftSize)
    {
        var edges = new double[count + 2];
        for (var i = 0; i < edges.Length; i++)
            edges[i] = ToHertz(ToMel(lowest) + (ToMel(highest) - ToMel(lowest)) * i / (count + 1));
        _centres = edges[1..^1];
        _filters = new (int, float[])[count];
        for (var band = 0; band < count; band++)
            _filters[band] = Triangle(edges[band], edges[band + 1], edges[band + 2], (double)sampleRate / fftSize);
    }

    /// <summary>Bands centred below a frequency in Hz.</summary>
    public int CountBelow(double hertz) => _centres.Count(centre => centre < hertz);

    /// <summary>Weighted sums of the spectrum, one a band.</summary>
    public void Apply(ReadOnlySpan<float> power, Span<float> bands)
    {
        for (var band = 0; band < bands.Length; band++)
        {
            var (first, weights) = _filters[band];
            var sum = 0f;
            for (var i = 0; i < weights.Length; i++)
                sum += weights[i] * power[first + i];
            bands[band] = sum;
        }
    }

    private static (int First, float[] Weights) Triangle(double low, double centre, double high, double binWidth)
    {
        // Low bands can be narrower than a bin: then the nearest bin stands for them.
        var nearest = (int)Math.Round(centre / binWidth);
        var first = Math.Min((int)Math.Ceiling(low / binWidth), nearest);
        var last = Math.Max((int)Math.Floor(high / binWidth), nearest);
        var weights = new float[last - first + 1];
        for (var i = 0; i < weights.Length; i++)
        {
            var hertz = (first + i) * binWidth;
            weights[i] = (float)Math.Max(0, Math.Min((hertz - low) / (centre - low), (high - hertz) / (high - centre)));
        }
        if (weights.Sum() == 0)
            weights[nearest - first] = 1;
        return (first, weights);
    }

    private static double ToMel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);

    private static double ToHertz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);
}
