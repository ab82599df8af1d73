using VampNet.Audio.Preparation;

namespace VampNet.Gateway.Sources;

/// <summary>Half the difference of the source's left and right, at its own loudness: what a mono mix leaves out.</summary>
/// <param name="stereo">the source, prepared as the codec prepares it; now owned by this</param>
internal sealed class SideSignal(PreparedAudio stereo) : IDisposable
{
    private readonly float _gain = (float)Math.Pow(10, -stereo.GainDb / 20);

    /// <param name="at">first sample at the codec's rate; silence before the source and after it</param>
    public float[] Read(long at, int count)
    {
        var (left, right) = (new float[count], new float[count]);
        stereo.Read(0, at, left);
        stereo.Read(1, at, right);
        for (var i = 0; i < count; i++)
            left[i] = (left[i] - right[i]) / 2 * _gain;
        return left;
    }

    public void Dispose() => stereo.Dispose();
}
