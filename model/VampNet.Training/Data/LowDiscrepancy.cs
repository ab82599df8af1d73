namespace VampNet.Training.Data;

/// <summary>
/// Numbers in [0, 1) that fill it evenly however many are taken: van der Corput's sequence, which is the first dimension
/// of Sobol's, moved round by an amount that depends on the seed.
/// </summary>
internal sealed class LowDiscrepancy(int seed)
{
    private readonly double _shift = new Random(seed).NextDouble();

    /// <param name="index">number of the point, at least 0</param>
    public double this[long index]
    {
        get
        {
            var (point, digit) = (_shift, 0.5);
            for (var rest = (ulong)index; rest > 0; rest >>= 1, digit /= 2)
                point += (rest & 1) * digit;
            return point - Math.Floor(point);
        }
    }
}
