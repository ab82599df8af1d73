namespace VampNet.Model.Beats.SpectralFlux;

/// <summary>
/// Power spectra of windowed real frames: a radix-2 FFT of our own, so that beat tracking runs on any thread and
/// leaves the device thread to the models.
/// </summary>
internal sealed class PowerSpectrum
{
    private readonly float[] _window;
    private readonly float[] _cos;
    private readonly float[] _sin;
    private readonly int[] _reversed;
    private readonly float[] _re;
    private readonly float[] _im;

    /// <param name="size">samples a frame, a power of two</param>
    public PowerSpectrum(int size)
    {
        Size = size;
        _window = Table(size, i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / size));
        _cos = Table(size / 2, i => Math.Cos(2 * Math.PI * i / size));
        _sin = Table(size / 2, i => -Math.Sin(2 * Math.PI * i / size));
        _reversed = new int[size];
        for (var i = 1; i < size; i++)
            _reversed[i] = (_reversed[i >> 1] >> 1) | ((i & 1) == 0 ? 0 : size >> 1);
        (_re, _im) = (new float[size], new float[size]);
    }

    public int Size { get; }

    public int Bins => Size / 2 + 1;

    /// <summary>Squared magnitudes of a frame under a Hann window.</summary>
    /// <param name="frame"><see cref="Size"/> samples</param>
    /// <param name="power"><see cref="Bins"/> values out</param>
    public void Compute(ReadOnlySpan<float> frame, Span<float> power)
    {
        for (var i = 0; i < Size; i++)
            _re[_reversed[i]] = frame[i] * _window[i];
        Array.Clear(_im);
        Transform();
        for (var k = 0; k < power.Length; k++)
            power[k] = _re[k] * _re[k] + _im[k] * _im[k];
    }

    private void Transform()
    {
        for (var half = 1; half < Size; half *= 2)
        {
            var stride = Size / (2 * half);
            for (var block = 0; block < Size; block += 2 * half)
            {
                for (var k = 0; k < half; k++)
                {
                    var (upper, lower, w) = (block + k, block + k + half, k * stride);
                    var re = _re[lower] * _cos[w] - _im[lower] * _sin[w];
                    var im = _re[lower] * _sin[w] + _im[lower] * _cos[w];
                    (_re[lower], _im[lower]) = (_re[upper] - re, _im[upper] - im);
                    (_re[upper], _im[upper]) = (_re[upper] + re, _im[upper] + im);
                }
            }
        }
    }

    private static float[] Table(int length, Func<int, double> value)
    {
        var table = new float[length];
        for (var i = 0; i < length; i++)
            table[i] = (float)value(i);
        return table;
    }
}
