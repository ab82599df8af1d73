using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts;

public abstract partial record Prompt
{
    private const int MaxRegions = 1_024;

    /// <summary>Shows every <paramref name="Period"/>-th frame.</summary>
    /// <param name="Period">The distance of two hits, in frames, at least 0; 1 shows every frame, 0 shows none.</param>
    /// <param name="Width">How many frames are shown around each hit: the hit and Width / 2 on either side; at least 1.</param>
    /// <param name="Offset">The first hit, in frames from the start, at least 0.</param>
    /// <param name="Roll">
    /// True: every hit is later by a number of frames below the period, drawn from the request's seed. (The reference lets what falls
    /// off the end come in at the start; here nothing comes before the first hit.)
    /// </param>
    public sealed record Periodic(int Period, int Width = 1, int Offset = 0, bool Roll = false) : Prompt
    {
        private protected override string Kind => "periodic";

        private protected override void Check(string path, int codebooks)
        {
            Require(Period >= 0, path, "period", $"the period is {Period}; it must be at least 0");
            Require(Width >= 1, path, "width", $"the width is {Width}; it must be at least 1");
            Require(Offset >= 0, path, "offset", $"the offset is {Offset}; it must be at least 0");
        }

        private protected override TokenMask Build(Draft draft)
        {
            var roll = Roll ? DrawRoll(draft.NextStream()) : 0;
            return Masks.Periodic(draft.Codebooks, draft.Frames, Period, Width, (int)Math.Min(int.MaxValue, (long)Offset + roll));
        }

        private int DrawRoll(Draft.Stream random)
        {
            Span<float> uniform = stackalloc float[1];
            random.Fill(codebook: 0, uniform);
            return (int)((double)uniform[0] * Period);
        }
    }

    /// <summary>Shows the beginning and the end; the middle is generated. A prefix alone asks for a continuation.</summary>
    public sealed record Inpaint(double PrefixSeconds, double SuffixSeconds) : Prompt
    {
        private protected override string Kind => "inpaint";

        private protected override void Check(string path, int codebooks)
        {
            Require(
                IsDuration(PrefixSeconds), path, "prefix_seconds", $"the prefix is {PrefixSeconds} s; it must be at least 0 and finite");
            Require(
                IsDuration(SuffixSeconds), path, "suffix_seconds", $"the suffix is {SuffixSeconds} s; it must be at least 0 and finite");
        }

        private protected override TokenMask Build(Draft draft) =>
            Masks.Inpaint(
                draft.Codebooks, draft.Frames, draft.Scene.Rate.ToFrames(PrefixSeconds), draft.Scene.Rate.ToFrames(SuffixSeconds));
    }

    /// <summary>Shows stretches of time: every frame that one of them touches.</summary>
    /// <param name="Stretches">The stretches that are shown, 1 to 1024 of them.</param>
    public sealed record Regions(IReadOnlyList<Region> Stretches) : Prompt
    {
        /// <summary>Takes its stretches as single arguments.</summary>
        /// <param name="stretches">The stretches that are shown, 1 to 1024 of them.</param>
        public Regions(params Region[] stretches)
            : this((IReadOnlyList<Region>)stretches)
        {
        }

        private protected override string Kind => "regions";

        private protected override void Check(string path, int codebooks)
        {
            Require(
                Stretches.Count is >= 1 and <= MaxRegions, path, "regions",
                $"there are {Stretches.Count} regions; 1 to {MaxRegions} are needed");
            for (var i = 0; i < Stretches.Count; i++)
            {
                var (from, to) = (Stretches[i].FromSeconds, Stretches[i].ToSeconds);
                Require(
                    IsDuration(from), path, $"regions[{i}].from_seconds",
                    $"the region starts at {from} s; it must be at least 0 and finite");
                Require(
                    double.IsFinite(to)
                    && to > from, path, $"regions[{i}].to_seconds",
                    $"the region ends at {to} s; it must be after its start ({from} s) and finite");
            }
        }

        private protected override TokenMask Build(Draft draft) => Masks.Stretches(
            draft.Codebooks, draft.Frames,
            Stretches.Select(s => (draft.Scene.Rate.FrameAt(s.FromSeconds), draft.Scene.Rate.ToFrames(s.ToSeconds))));
    }

    /// <summary>Hides whole frames at random and shows all others: <c>AllOf(X, Dropout(p))</c> thins X out.</summary>
    /// <param name="Probability">
    /// The probability of a frame to be hidden, 0 to 1; drawn from the request's seed. (The reference draws a fixed number of frames,
    /// some of them twice.)
    /// </param>
    public sealed record Dropout(double Probability) : Prompt
    {
        private protected override string Kind => "dropout";

        private protected override void Check(string path, int codebooks) =>
            Require(Probability is >= 0 and <= 1, path, "probability", $"the probability is {Probability}; it must be from 0 to 1");

        private protected override TokenMask Build(Draft draft)
        {
            var uniform = new float[draft.Frames];
            draft.NextStream().Fill(codebook: 0, uniform);
            return Masks.OfFrames(draft.Codebooks, Array.ConvertAll(uniform, u => u < Probability));
        }
    }

    private static bool IsDuration(double seconds) => double.IsFinite(seconds) && seconds >= 0;
}

/// <summary>A stretch of time, in seconds.</summary>
public readonly record struct Region(double FromSeconds, double ToSeconds);
