using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts;

public abstract partial record Prompt
{
    /// <summary>Shows nothing: the audio gives the length alone.</summary>
    public sealed record None : Prompt
    {
        private protected override string Kind => "none";

        private protected override TokenMask Build(Draft draft) => Masks.Full(draft.Codebooks, draft.Frames);
    }

    /// <summary>Shows everything.</summary>
    public sealed record All : Prompt
    {
        private protected override string Kind => "all";

        private protected override TokenMask Build(Draft draft) => Masks.Empty(draft.Codebooks, draft.Frames);
    }

    /// <summary>Shows the leading codebooks: what a decompressor would have.</summary>
    /// <param name="Codebooks">How many leading codebooks are shown, 0 to all that the codec has.</param>
    public sealed record Compression(int Codebooks) : Prompt
    {
        private protected override string Kind => "compression";

        private protected override void Check(string path, int codebooks) =>
            Require(
                Codebooks >= 0 && Codebooks <= codebooks, path, "codebooks", $"{Codebooks} codebooks are kept; there are 0 to {codebooks}");

        private protected override TokenMask Build(Draft draft) => Masks.Full(draft.Codebooks, draft.Frames).ShowCodebooks(Codebooks);
    }

    /// <summary>
    /// Shows what a bitrate pays for: that many leading codebooks, or every n-th frame of the first one where it does
    /// not pay for one (paper 3.4: B / P · Nk / N).
    /// </summary>
    /// <param name="BitsPerSecond">
    /// The bitrate in bits a second, above 0; it is never exceeded, but rounded down to what can be had.
    /// </param>
    public sealed record Bitrate(double BitsPerSecond) : Prompt
    {
        private protected override string Kind => "bitrate";

        private protected override void Check(string path, int codebooks) => Require(
            double.IsFinite(BitsPerSecond)
            && BitsPerSecond > 0, path, "bits_per_second", $"the bitrate is {BitsPerSecond} bit/s; it must be above 0 and finite");

        private protected override TokenMask Build(Draft draft)
        {
            var codebookRate = draft.Scene.Rate.FramesPerSecond * TokenGrid.BitsPerToken;
            if (BitsPerSecond >= codebookRate)
                return Masks.Full(draft.Codebooks, draft.Frames)
                    .ShowCodebooks((int)Math.Min(draft.Codebooks, Math.Floor(BitsPerSecond / codebookRate)));
            var period = (int)Math.Min(int.MaxValue, Math.Ceiling(codebookRate / BitsPerSecond));
            return Masks.Periodic(draft.Codebooks, draft.Frames, period).HideCodebooks(1);
        }
    }

    /// <summary>Hides each token with a probability, drawn from the request's seed.</summary>
    /// <param name="Intensity">The probability of a token to be hidden: 0 hides nothing, 1 hides everything.</param>
    public sealed record Random(double Intensity) : Prompt
    {
        private protected override string Kind => "random";

        private protected override void Check(string path, int codebooks) =>
            Require(Intensity is >= 0 and <= 1, path, "intensity", $"the intensity is {Intensity}; it must be from 0 to 1");

        private protected override TokenMask Build(Draft draft)
        {
            var stream = draft.NextStream();
            var uniform = new float[draft.Codebooks * draft.Frames];
            for (var c = 0; c < draft.Codebooks; c++)
                stream.Fill(c, uniform.AsSpan(c * draft.Frames, draft.Frames));
            return Masks.Random(draft.Codebooks, draft.Frames, Intensity, uniform);
        }
    }

    /// <summary>Shows what a mask shows.</summary>
    /// <param name="Mask">The mask, (codebooks, frames) of the tokens that it is applied to.</param>
    public sealed record Explicit(TokenMask Mask) : Prompt
    {
        private protected override string Kind => "mask";

        private protected override void Check(string path, int codebooks) =>
            Require(
                Mask.Codebooks == codebooks, path, "codebooks", $"the mask has {Mask.Codebooks} codebooks, the tokens have {codebooks}");

        private protected override TokenMask Build(Draft draft)
        {
            Require(Mask.Frames == draft.Frames, Kind, "frames", $"the mask has {Mask.Frames} frames, the tokens have {draft.Frames}");
            return Mask;
        }
    }
}
