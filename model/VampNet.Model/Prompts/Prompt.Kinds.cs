using VampNet.Model.Beats;
using VampNet.Model.Tokens;

namespace VampNet.Model.Prompts;

public abstract partial record Prompt
{
    /// <summary>Shows nothing: the audio gives the length alone.</summary>
    public sealed record None : Prompt
    {
        private protected override string Kind => "none";

        private protected override TokenMask Build(Scene scene) => Masks.Full(scene.Codebooks, scene.Frames);
    }

    /// <summary>Shows every <paramref name="Period"/>-th frame.</summary>
    /// <param name="Period">in frames, at least 0; 1 shows every frame, 0 none</param>
    /// <param name="Width">frames around each hit: it and Width / 2 on either side; at least 1</param>
    /// <param name="Offset">the first hit, in frames, at least 0</param>
    public sealed record Periodic(int Period, int Width = 1, int Offset = 0) : Prompt
    {
        private protected override string Kind => "periodic";

        private protected override void Check(string path, int codebooks)
        {
            Require(Period >= 0, path, "period", $"the period is {Period}; it must be at least 0");
            Require(Width >= 1, path, "width", $"the width is {Width}; it must be at least 1");
            Require(Offset >= 0, path, "offset", $"the offset is {Offset}; it must be at least 0");
        }

        private protected override TokenMask Build(Scene scene) => Masks.Periodic(scene.Codebooks, scene.Frames, Period, Width, Offset);
    }

    /// <summary>Shows the beginning and the end; the middle is generated. A prefix alone asks for a continuation.</summary>
    public sealed record Inpaint(double PrefixSeconds, double SuffixSeconds) : Prompt
    {
        private protected override string Kind => "inpaint";

        private protected override void Check(string path, int codebooks)
        {
            Require(IsDuration(PrefixSeconds), path, "prefix_seconds", $"the prefix is {PrefixSeconds} s; it must be at least 0 and finite");
            Require(IsDuration(SuffixSeconds), path, "suffix_seconds", $"the suffix is {SuffixSeconds} s; it must be at least 0 and finite");
        }

        private protected override TokenMask Build(Scene scene) =>
            Masks.Inpaint(scene.Codebooks, scene.Frames, scene.Rate.ToFrames(PrefixSeconds), scene.Rate.ToFrames(SuffixSeconds));
    }

    /// <summary>Shows the leading codebooks: what a decompressor would have.</summary>
    /// <param name="Codebooks">0 to all that the codec has</param>
    public sealed record Compression(int Codebooks) : Prompt
    {
        private protected override string Kind => "compression";

        private protected override void Check(string path, int codebooks) =>
            Require(Codebooks >= 0 && Codebooks <= codebooks, path, "codebooks", $"{Codebooks} codebooks are kept; there are 0 to {codebooks}");

        private protected override TokenMask Build(Scene scene) => Masks.Full(scene.Codebooks, scene.Frames).ShowCodebooks(Codebooks);
    }

    /// <summary>Hides each token with a probability, drawn from the request's seed.</summary>
    /// <param name="Intensity">0 hides nothing, 1 everything</param>
    public sealed record Random(double Intensity) : Prompt
    {
        private protected override string Kind => "random";

        private protected override void Check(string path, int codebooks) =>
            Require(Intensity is >= 0 and <= 1, path, "intensity", $"the intensity is {Intensity}; it must be from 0 to 1");

        private protected override TokenMask Build(Scene scene) => Masks.Random(scene.Codebooks, scene.Frames, Intensity, scene.Uniform());
    }

    /// <summary>Shows what surrounds the beats.</summary>
    /// <param name="BeforeSeconds">before each beat</param>
    /// <param name="AfterSeconds">after each beat</param>
    /// <param name="DownbeatsOnly">only the beats that start a bar</param>
    /// <param name="Every">every n-th of these beats, at least 1</param>
    public sealed record Beats(double BeforeSeconds = 0, double AfterSeconds = 0.02, bool DownbeatsOnly = false, int Every = 1) : Prompt
    {
        public override bool NeedsBeats => true;

        private protected override string Kind => "beats";

        private protected override void Check(string path, int codebooks)
        {
            Require(IsDuration(BeforeSeconds), path, "before_seconds", $"{BeforeSeconds} s before a beat; it must be at least 0 and finite");
            Require(IsDuration(AfterSeconds), path, "after_seconds", $"{AfterSeconds} s after a beat; it must be at least 0 and finite");
            Require(Every >= 1, path, "every", $"every {Every}. beat; it must be at least 1");
        }

        private protected override TokenMask Build(Scene scene)
        {
            var beats = scene.Beats!;
            var chosen = (DownbeatsOnly ? beats.DownbeatTimes : beats.BeatTimes).Where((_, i) => i % Every == 0).ToArray();
            return new BeatMask { Before = BeforeSeconds, After = AfterSeconds, Downbeats = false }
                .Build(scene.Codebooks, scene.Frames, scene.Rate, new BeatTrack(chosen, [], beats.Tempo));
        }
    }

    /// <summary>Shows what a mask shows.</summary>
    /// <param name="Mask">of the shape of the tokens</param>
    public sealed record Explicit(TokenMask Mask) : Prompt
    {
        private protected override string Kind => "mask";

        private protected override void Check(string path, int codebooks) =>
            Require(Mask.Codebooks == codebooks, path, "codebooks", $"the mask has {Mask.Codebooks} codebooks, the tokens have {codebooks}");

        private protected override TokenMask Build(Scene scene)
        {
            Require(Mask.Frames == scene.Frames, Kind, "frames", $"the mask has {Mask.Frames} frames, the tokens have {scene.Frames}");
            return Mask;
        }
    }

    /// <summary>Shows what all of its parts show.</summary>
    /// <param name="Prompts">at least one</param>
    public sealed record AllOf(IReadOnlyList<Prompt> Prompts) : Prompt
    {
        public AllOf(params Prompt[] prompts)
            : this((IReadOnlyList<Prompt>)prompts)
        {
        }

        private protected override string Kind => "all_of";

        private protected override IReadOnlyList<Prompt> Parts => Prompts;

        private protected override void Check(string path, int codebooks) => Require(Prompts.Count > 0, path, "prompts", "at least one prompt is needed");

        private protected override TokenMask Build(Scene scene) => Prompts.Select(p => p.Build(scene)).Aggregate(Masks.Or);
    }

    /// <summary>Shows what any of its parts shows.</summary>
    /// <param name="Prompts">at least one</param>
    public sealed record AnyOf(IReadOnlyList<Prompt> Prompts) : Prompt
    {
        public AnyOf(params Prompt[] prompts)
            : this((IReadOnlyList<Prompt>)prompts)
        {
        }

        private protected override string Kind => "any_of";

        private protected override IReadOnlyList<Prompt> Parts => Prompts;

        private protected override void Check(string path, int codebooks) => Require(Prompts.Count > 0, path, "prompts", "at least one prompt is needed");

        private protected override TokenMask Build(Scene scene) => Prompts.Select(p => p.Build(scene)).Aggregate(Masks.And);
    }

    /// <summary>Shows what another prompt hides.</summary>
    public sealed record Inverse(Prompt Of) : Prompt
    {
        private protected override string Kind => "not";

        private protected override IReadOnlyList<Prompt> Parts => [Of];

        private protected override string PartPath(int index) => Kind;

        private protected override TokenMask Build(Scene scene) => Of.Build(scene).Not();
    }

    private static bool IsDuration(double seconds) => double.IsFinite(seconds) && seconds >= 0;
}
