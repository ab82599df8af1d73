using System.Runtime.InteropServices;

namespace VampNet.Evaluation;

/// <summary>Samples from the wire.</summary>
internal static class RawAudio
{
    /// <param name="bytes">32-bit floats</param>
    /// <exception cref="InvalidDataException">they are not as many as the excerpt's</exception>
    public static float[] Of(MemoryStream bytes, Excerpt excerpt)
    {
        var samples = MemoryMarshal.Cast<byte, float>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)).ToArray();
        return samples.Length == excerpt.Samples.Length
            ? samples
            : throw new InvalidDataException($"excerpt {excerpt.Index} has {excerpt.Samples.Length} samples, {samples.Length} came back");
    }
}
