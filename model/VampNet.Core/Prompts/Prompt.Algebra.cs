using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts;

public abstract partial record Prompt
{
    /// <summary>Shows what all of its parts show.</summary>
    /// <param name="Prompts">The prompts that are combined, at least one.</param>
    public sealed record AllOf(IReadOnlyList<Prompt> Prompts) : Prompt
    {
        /// <summary>Takes its parts as single arguments.</summary>
        /// <param name="prompts">The prompts that are combined, at least one.</param>
        public AllOf(params Prompt[] prompts)
            : this((IReadOnlyList<Prompt>)prompts)
        {
        }

        private protected override string Kind => "all_of";

        private protected override IReadOnlyList<Prompt> Parts => Prompts;

        private protected override void Check(string path, int codebooks) =>
            Require(Prompts.Count > 0, path, "prompts", "at least one prompt is needed");

        private protected override TokenMask Build(Draft draft) => Prompts.Select(p => p.Build(draft)).Aggregate(Masks.Or);
    }

    /// <summary>Shows what any of its parts shows.</summary>
    /// <param name="Prompts">The prompts that are combined, at least one.</param>
    public sealed record AnyOf(IReadOnlyList<Prompt> Prompts) : Prompt
    {
        /// <summary>Takes its parts as single arguments.</summary>
        /// <param name="prompts">The prompts that are combined, at least one.</param>
        public AnyOf(params Prompt[] prompts)
            : this((IReadOnlyList<Prompt>)prompts)
        {
        }

        private protected override string Kind => "any_of";

        private protected override IReadOnlyList<Prompt> Parts => Prompts;

        private protected override void Check(string path, int codebooks) =>
            Require(Prompts.Count > 0, path, "prompts", "at least one prompt is needed");

        private protected override TokenMask Build(Draft draft) => Prompts.Select(p => p.Build(draft)).Aggregate(Masks.And);
    }

    /// <summary>Shows what another prompt hides.</summary>
    public sealed record Inverse(Prompt Of) : Prompt
    {
        private protected override string Kind => "not";

        private protected override IReadOnlyList<Prompt> Parts => [Of];

        private protected override string PartPath(int index) => Kind;

        private protected override TokenMask Build(Draft draft) => Of.Build(draft).Not();
    }

    /// <summary>Shows what one of a model's presets shows. Only the model knows which: this has no mask of its own.</summary>
    /// <param name="Name">The name of a <see cref="PromptPreset"/>.</param>
    public sealed record Preset(string Name) : Prompt
    {
        private protected override string Kind => "preset";

        private protected override void Check(string path, int codebooks) =>
            throw new ArgumentException($"\"{Name}\" is to be replaced by the prompt that it stands for", path);

        private protected override TokenMask Build(Draft draft) => throw new InvalidOperationException("a preset has no mask of its own");
    }
}
