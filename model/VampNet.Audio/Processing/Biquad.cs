namespace VampNet.Audio.Processing;

/// <summary>Second-order filter in transposed direct form II, in double precision.</summary>
internal struct Biquad(double b0, double b1, double b2, double a1, double a2)
{
    private double _z1;
    private double _z2;

    public double Process(double x)
    {
        var y = b0 * x + _z1;
        _z1 = b1 * x - a1 * y + _z2;
        _z2 = b2 * x - a2 * y;
        return y;
    }

    /// <summary>High shelf (Bristow-Johnson, Audio EQ Cookbook).</summary>
    public static Biquad HighShelf(double sampleRate, double frequency, double q, double gainDb)
    {
        var a = Math.Pow(10, gainDb / 40);
        var (sin, cos) = Math.SinCos(2 * Math.PI * frequency / sampleRate);
        var slope = 2 * Math.Sqrt(a) * sin / (2 * q);
        var a0 = a + 1 - (a - 1) * cos + slope;
        return new Biquad(
            a * (a + 1 + (a - 1) * cos + slope) / a0,
            -2 * a * (a - 1 + (a + 1) * cos) / a0,
            a * (a + 1 + (a - 1) * cos - slope) / a0,
            2 * (a - 1 - (a + 1) * cos) / a0,
            (a + 1 - (a - 1) * cos - slope) / a0);
    }

    /// <summary>High pass (Bristow-Johnson, Audio EQ Cookbook).</summary>
    public static Biquad HighPass(double sampleRate, double frequency, double q)
    {
        var (sin, cos) = Math.SinCos(2 * Math.PI * frequency / sampleRate);
        var alpha = sin / (2 * q);
        var a0 = 1 + alpha;
        return new Biquad((1 + cos) / 2 / a0, -(1 + cos) / a0, (1 + cos) / 2 / a0, -2 * cos / a0, (1 - alpha) / a0);
    }
}
