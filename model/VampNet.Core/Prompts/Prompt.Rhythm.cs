using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts;

public abstract partial record Prompt
{
    /// <summary>Shows what surrounds the beats.</summary>
    /// <param name="BeforeSeconds">How much is shown before each beat, in seconds; at least 0 and finite.</param>
    /// <param name="AfterSeconds">How much is shown after each beat, in seconds; at least 0 and finite.</param>
    /// <param name="DownbeatsOnly">True: only the beats that start a bar count.</param>
    /// <param name="Every">Only every n-th of these beats counts; at least 1.</param>
    /// <param name="UpbeatsOnly">True: only the beats that start no bar count; all of them where no bar is known.</param>
    /// <param name="Offset">How many of these beats are passed over before the first that counts; at least 0.</param>
    public sealed record Beats(
        double BeforeSeconds = 0, double AfterSeconds = 0.02, bool DownbeatsOnly = false, int Every = 1, bool UpbeatsOnly = false,
        int Offset = 0) : Prompt
    {
        /// <inheritdoc/>
        public override PromptNeeds Needs => PromptNeeds.Beats;

        private protected override string Kind => "beats";

        private protected override void Check(string path, int codebooks)
        {
            Require(
                IsDuration(BeforeSeconds), path, "before_seconds", $"{BeforeSeconds} s before a beat; it must be at least 0 and finite");
            Require(IsDuration(AfterSeconds), path, "after_seconds", $"{AfterSeconds} s after a beat; it must be at least 0 and finite");
            Require(Every >= 1, path, "every", $"every {Every}. beat; it must be at least 1");
            Require(!(UpbeatsOnly && DownbeatsOnly), path, "upbeats_only", "no beat starts a bar and does not: one of the two only");
            Require(Offset >= 0, path, "offset", $"the offset is {Offset} beats; it must be at least 0");
        }

        private protected override TokenMask Build(Draft draft)
        {
            var beats = draft.Scene.Rhythm!.Beats;
            var counted = DownbeatsOnly ? beats.DownbeatTimes : UpbeatsOnly ? UpbeatTimes(beats, draft.Scene.Rate) : beats.BeatTimes;
            var chosen = counted.Skip(Offset).Where((_, i) => i % Every == 0).ToArray();
            return new BeatMask { Before = BeforeSeconds, After = AfterSeconds, Downbeats = false }
                .Build(draft.Codebooks, draft.Frames, draft.Scene.Rate, new BeatTrack(chosen, [], beats.Tempo));
        }

        /// <summary>A network picks its downbeats by themselves: those in the frame of a beat are that beat.</summary>
        private static IEnumerable<double> UpbeatTimes(BeatTrack beats, FrameRate rate)
        {
            var downbeats = beats.DownbeatTimes.Select(rate.ToFrames).ToHashSet();
            return beats.BeatTimes.Where(beat => !downbeats.Contains(rate.ToFrames(beat)));
        }
    }

    /// <summary>Shows what surrounds the onsets.</summary>
    /// <param name="Width">How many frames are shown before each onset, and as many from it on; at least 1.</param>
    public sealed record Onsets(int Width) : Prompt
    {
        /// <inheritdoc/>
        public override PromptNeeds Needs => PromptNeeds.Onsets;

        private protected override string Kind => "onsets";

        private protected override void Check(string path, int codebooks) =>
            Require(Width >= 1, path, "width", $"the width is {Width}; it must be at least 1");

        private protected override TokenMask Build(Draft draft) =>
            Masks.Onsets(draft.Codebooks, draft.Frames, draft.Scene.Rhythm!.OnsetTimes.Select(draft.Scene.Rate.FrameAt), Width);
    }
}
