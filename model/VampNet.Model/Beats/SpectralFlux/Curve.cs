namespace VampNet.Model.Beats.SpectralFlux;

/// <summary>Operations on curves of one value a frame.</summary>
internal static class Curve
{
    private const int PeakReach = 3;

    /// <summary>Convolution with a Gaussian of this deviation in frames; its weight is kept at the ends.</summary>
    public static float[] Smooth(float[] values, double deviation)
    {
        var reach = (int)Math.Ceiling(3 * deviation);
        var kernel = new float[2 * reach + 1];
        for (var i = -reach; i <= reach; i++)
            kernel[i + reach] = (float)Math.Exp(-0.5 * i * i / (deviation * deviation));
        var sum = kernel.Sum();
        var smooth = new float[values.Length];
        for (var t = 0; t < values.Length; t++)
        {
            for (var i = Math.Max(-reach, -t); i <= Math.Min(reach, values.Length - 1 - t); i++)
                smooth[t] += kernel[i + reach] * values[t + i];
            smooth[t] /= sum;
        }
        return smooth;
    }

    /// <summary>What stands out of its surroundings (a Gaussian of this deviation), scaled to a root mean square of 1.</summary>
    public static float[] Standardise(float[] values, double deviation)
    {
        var local = Smooth(values, deviation);
        var curve = new float[values.Length];
        for (var t = 0; t < values.Length; t++)
            curve[t] = Math.Max(0, values[t] - local[t]);
        var scale = Math.Sqrt(curve.Sum(v => (double)v * v) / curve.Length);
        return scale == 0 ? curve : Array.ConvertAll(curve, v => (float)(v / scale));
    }

    /// <summary>The largest value within three frames of one.</summary>
    public static float PeakAround(float[] values, int frame)
    {
        var from = Math.Max(0, frame - PeakReach);
        var to = Math.Min(values.Length - 1, frame + PeakReach);
        return values[from..(to + 1)].Max();
    }
}
