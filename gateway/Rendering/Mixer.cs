using VampNet.Gateway.Songs;

namespace VampNet.Gateway.Rendering;

/// <summary>Decoded channels to interleaved output: one or two as they are, or a middle between the sides of the source.</summary>
/// <param name="channels">decoded: the mix, or left and right</param>
/// <param name="side">goes around a single channel; null = none</param>
internal sealed class Mixer(int channels, SideSignal? side)
{
    /// <summary>Channels of the output.</summary>
    public int Outputs => side is null ? channels : 2;

    /// <param name="decoded">samples of each channel</param>
    /// <param name="at">first sample, counted from the start of the source</param>
    /// <param name="count">samples of each channel to take</param>
    /// <returns>interleaved</returns>
    public float[] Mix(float[][] decoded, long at, int count)
    {
        var mixed = new float[count * Outputs];
        var sides = side?.Read(at, count);
        for (var i = 0; i < count; i++)
        {
            for (var c = 0; c < Outputs; c++)
                mixed[i * Outputs + c] = sides is null ? decoded[c][i] : decoded[0][i] + (c == 0 ? sides[i] : -sides[i]);
        }
        return mixed;
    }
}
