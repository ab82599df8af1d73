using VampNet.Model.Beats;
using VampNet.Model.Sampling;
using VampNet.Model.Tokens;

namespace VampNet.Model.Prompts;

/// <summary>
/// Which tokens stay visible; everything else is generated (paper 3.4). A prompt is a set of tokens and combines like
/// one: <see cref="AllOf"/> is the intersection of what its parts show, <see cref="AnyOf"/> the union, <see cref="Inverse"/>
/// the complement.
/// </summary>
/// <remarks>
/// The reference's build_mask(rand_mask_intensity, prefix_s, suffix_s, periodic_prompt, periodic_prompt_width,
/// upper_codebook_mask, ncc) is, with the roll of its periodic prompt drawn as an offset,
/// <code>
/// AllOf(AnyOf(Random(rand_mask_intensity), Inpaint(prefix_s, suffix_s), Periodic(P, width, offset), Compression(ncc)),
///       Compression(upper_codebook_mask))
/// </code>
/// (where ncc does not exceed upper_codebook_mask), and its make_beat_mask is <see cref="Beats"/>; AnyOf with it adds
/// the beats to a prompt, AllOf keeps only what lies on a beat.
/// </remarks>
public abstract partial record Prompt
{
    private const int MaxDepth = 16;

    private const int MaxParts = 256;

    private protected Prompt()
    {
    }

    /// <summary>True if <see cref="ToMask"/> needs the beats of the audio.</summary>
    public virtual bool NeedsBeats => Parts.Any(p => p.NeedsBeats);

    /// <summary>The prompts that this one combines.</summary>
    private protected virtual IReadOnlyList<Prompt> Parts => [];

    /// <summary>Checks every field that can be checked before the audio is known.</summary>
    /// <param name="codebooks">of the codec</param>
    /// <exception cref="ArgumentException">names the field by its path, such as <c>all_of.prompts[1].periodic.period</c></exception>
    public void Validate(int codebooks)
    {
        var parts = 0;
        Visit(this, "", 1);

        void Visit(Prompt prompt, string prefix, int depth)
        {
            if (depth > MaxDepth || ++parts > MaxParts)
                throw new ArgumentException($"a prompt has at most {MaxParts} parts, nested at most {MaxDepth} deep", prefix + prompt.Kind);
            prompt.Check(prefix + prompt.Kind, codebooks);
            for (var i = 0; i < prompt.Parts.Count; i++)
                Visit(prompt.Parts[i] ?? throw new ArgumentException("a part is missing", prefix + prompt.PartPath(i)), $"{prefix}{prompt.PartPath(i)}.", depth + 1);
        }
    }

    /// <summary>The mask of this prompt: true = hidden.</summary>
    /// <param name="rate">of the codec</param>
    /// <param name="beats">of the audio; only read if <see cref="NeedsBeats"/></param>
    /// <param name="seed">of the request; a random prompt with the same seed is the same</param>
    /// <exception cref="ArgumentException">a field is out of range, or an explicit mask has another shape</exception>
    public TokenMask ToMask(int codebooks, int frames, FrameRate rate, BeatTrack? beats, ulong seed)
    {
        Validate(codebooks);
        if (NeedsBeats)
            ArgumentNullException.ThrowIfNull(beats);
        return Build(new Scene(codebooks, frames, rate, beats, new CounterRandom(seed)));
    }

    /// <summary>Name of the kind, as in the protos and in error paths.</summary>
    private protected abstract string Kind { get; }

    private protected virtual void Check(string path, int codebooks)
    {
    }

    private protected virtual string PartPath(int index) => $"{Kind}.prompts[{index}]";

    private protected abstract TokenMask Build(Scene scene);

    private static void Require(bool condition, string path, string field, string problem)
    {
        if (!condition)
            throw new ArgumentException(problem, $"{path}.{field}");
    }

    /// <summary>What masks are built from.</summary>
    private protected sealed record Scene(int Codebooks, int Frames, FrameRate Rate, BeatTrack? Beats, CounterRandom Random)
    {
        private int _draws;

        /// <summary>One number in (0, 1) a token; every call draws others.</summary>
        public float[] Uniform()
        {
            var uniform = new float[Codebooks * Frames];
            Random.Uniform(RandomPurpose.PromptMask, _draws++, 0, uniform);
            return uniform;
        }
    }
}
