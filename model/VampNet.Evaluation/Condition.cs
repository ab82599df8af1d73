using System.Runtime.InteropServices;

namespace VampNet.Evaluation;

/// <summary>One way to take music apart and put it together again, whose result is compared with the music.</summary>
/// <param name="name">in the report</param>
/// <param name="context">of the excerpt, that is given whole</param>
public abstract class Condition(string name, Context context = default)
{
    public string Name => name;

    public Context Context => context;

    public abstract Task<Rendition> RenderAsync(Excerpt excerpt, CancellationToken cancellationToken);
}

/// <summary>What a condition made of an excerpt.</summary>
/// <param name="Samples">as many as the excerpt has</param>
/// <param name="BitsPerSecond">of the tokens that were kept</param>
/// <param name="Context">which was given and says nothing about the models</param>
public sealed record Rendition(float[] Samples, double BitsPerSecond, Context Context = default)
{
    /// <summary>The part that is compared, of the excerpt or of the result.</summary>
    public float[] Compared(float[] samples) => samples[Context.SamplesBefore..^Context.SamplesAfter];

    /// <summary>The rest of them: what lies before that part, and what lies after it.</summary>
    public float[] Given(float[] samples) => [.. samples[..Context.SamplesBefore], .. samples[^Context.SamplesAfter..]];
}

/// <summary>How much of an excerpt is given, all of its tokens, for the rest to be generated beside it.</summary>
/// <param name="Before">seconds from its beginning on</param>
/// <param name="After">seconds up to its end</param>
public readonly record struct Context(double Before, double After)
{
    public int SamplesBefore => (int)(Before * Excerpt.SampleRate);

    public int SamplesAfter => (int)(After * Excerpt.SampleRate);

    public bool IsEmpty => SamplesBefore + SamplesAfter == 0;
}

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
