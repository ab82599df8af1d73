namespace VampNet.Evaluation;

/// <summary>One way to take music apart and put it together again, whose result is compared with the music.</summary>
/// <param name="name">in the report</param>
public abstract class Condition(string name)
{
    public string Name => name;

    public abstract Task<Rendition> RenderAsync(Excerpt excerpt, CancellationToken cancellationToken);
}

/// <summary>What a condition made of an excerpt.</summary>
/// <param name="Samples">as many as the excerpt has</param>
/// <param name="BitsPerSecond">of the tokens that were kept</param>
/// <param name="ContextSeconds">at the beginning and at the end, which were given and say nothing about the models</param>
public sealed record Rendition(float[] Samples, double BitsPerSecond, double ContextSeconds = 0)
{
    /// <summary>The part that is compared, of the excerpt or of the result.</summary>
    public float[] Compared(float[] samples)
    {
        var context = (int)(ContextSeconds * Excerpt.SampleRate);
        return samples[context..^context];
    }
}
