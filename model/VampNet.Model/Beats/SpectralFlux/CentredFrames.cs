using NAudio.Wave;
using VampNet.Core.Prompts;

namespace VampNet.Model.Beats.SpectralFlux;

/// <summary>Overlapping frames of a signal.</summary>
internal static class CentredFrames
{
    /// <summary>Frames centred on every <paramref name="hop"/>-th sample, the first included; silence lies beyond both ends.</summary>
    /// <returns>the same array again and again, with the next frame in it</returns>
    public static IEnumerable<float[]> Of(ISampleProvider audio, int size, int hop)
    {
        var frame = new float[size];
        var half = size / 2;
        long end = audio.Fill(frame, half, half); // samples read so far
        for (long centre = 0; centre <= end; centre += hop)
        {
            yield return frame;
            Array.Copy(frame, hop, frame, 0, size - hop);
            Array.Clear(frame, size - hop, hop);
            end += audio.Fill(frame, size - hop, hop);
        }
    }
}
