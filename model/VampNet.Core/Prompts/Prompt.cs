using VampNet.Core.Sampling;
using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts;

/// <summary>
/// Which tokens stay visible; everything else is generated (paper 3.4). A prompt is a set of tokens and combines like
/// one: <see cref="AllOf"/> is the intersection of what its parts show, <see cref="AnyOf"/> the union, <see cref="Inverse"/>
/// the complement.
/// </summary>
/// <remarks>
/// The reference's build_mask(rand_mask_intensity, prefix_s, suffix_s, periodic_prompt, periodic_prompt_width,
/// onset_mask_width, _dropout, upper_codebook_mask, ncc) is
/// <code>
/// AllOf(AnyOf(AllOf(AnyOf(Random(rand_mask_intensity), Inpaint(prefix_s, suffix_s), Periodic(P, width, roll), Onsets(onset_mask_width)),
///                   Dropout(_dropout)),
///             Compression(ncc)),
///       Compression(upper_codebook_mask))
/// </code>
/// and its make_beat_mask is <see cref="Beats"/>; AnyOf with it adds the beats to a prompt, AllOf keeps only what lies
/// on a beat.
/// </remarks>
public abstract partial record Prompt
{
    private const int MaxDepth = 16;

    private const int MaxParts = 256;

    private protected Prompt()
    {
    }

    /// <summary>What <see cref="ToMask"/> has to know of the audio.</summary>
    public virtual PromptNeeds Needs => Parts.Aggregate(PromptNeeds.Nothing, (needs, part) => needs | part.Needs);

    /// <summary>The prompts that this one combines.</summary>
    private protected virtual IReadOnlyList<Prompt> Parts => [];

    /// <summary>Checks every field that can be checked before the audio is known.</summary>
    /// <param name="codebooks">How many codebooks the codec has, at least 1.</param>
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
                Visit(prompt.Parts[i]
                    ?? throw new ArgumentException("a part is missing", prefix + prompt.PartPath(i)), $"{prefix}{prompt.PartPath(i)}.",
                    depth + 1);
        }
    }

    /// <summary>The mask of this prompt: true = hidden.</summary>
    /// <remarks>
    /// A longer piece has the same mask on the frames that both have, but for what is counted from the end: the suffix
    /// of <see cref="Inpaint"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">a field is out of range, or an explicit mask has another shape</exception>
    public TokenMask ToMask(PromptScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        Validate(scene.Codebooks);
        if (Needs != PromptNeeds.Nothing && scene.Rhythm is null)
            throw new ArgumentException($"the prompt needs the {Needs} of the audio", nameof(scene));
        return Build(new Draft(scene));
    }

    /// <summary>Name of the kind, as in the protos and in error paths.</summary>
    private protected abstract string Kind { get; }

    private protected virtual void Check(string path, int codebooks)
    {
    }

    private protected virtual string PartPath(int index) => $"{Kind}.prompts[{index}]";

    private protected abstract TokenMask Build(Draft draft);

    private static void Require(bool condition, string path, string field, string problem)
    {
        if (!condition)
            throw new ArgumentException(problem, $"{path}.{field}");
    }

    /// <summary>A mask in the making: its scene, and the random numbers of those parts that draw some.</summary>
    private protected sealed class Draft(PromptScene scene)
    {
        private readonly CounterRandom _random = new(scene.Seed);
        private int _streams;

        public PromptScene Scene => scene;

        public int Codebooks => scene.Codebooks;

        public int Frames => scene.Frames;

        /// <summary>The numbers of one part: the n-th part that draws any always gets the same.</summary>
        public Stream NextStream() => new(_random, _streams++);

        /// <summary>Numbers in (0, 1) by place, so that they do not depend on how many frames there are.</summary>
        public readonly struct Stream(CounterRandom random, int number)
        {
            // Codebooks are at most 64 on the wire; 8 bits leave room.
            private const int CodebookBits = 8;

            /// <summary>One number a frame of a codebook.</summary>
            public void Fill(int codebook, Span<float> uniform) =>
                random.Uniform(RandomPurpose.PromptMask, number << CodebookBits | codebook, 0, uniform);
        }
    }
}
