using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Model.Transformer;
using VampNet.Testing;
using VampNet.Training.Generators;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests.Generators;

[NoTensorLeaks]
public sealed class MaskedBatchTests
{
    private const int Codebooks = 4, Conditioning = 1, Frames = 50;

    private static readonly VampNetOptions s_model = new(Codebooks, Conditioning, 32, 2, 1);

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    public void What_a_prompt_shows_and_conditioning_codebooks_stay_and_the_rest_is_hidden_by_chance(double ratio)
    {
        var tokens = new TokenGrid(Codebooks, Frames, [.. Enumerable.Range(0, Codebooks * Frames).Select(i => (ushort)(i % 1024))]);
        var prompt = Masks.Periodic(Codebooks, Frames, 5).HideCodebooks(3);
        using var batch = MaskedBatch.Create(
            [tokens, tokens], s_model, i => i == 0 ? prompt : Masks.Full(Codebooks, Frames), _ => ratio, new Random(1), CPU);

        var (first, second) = (Hidden(batch, 0, tokens), Hidden(batch, 1, tokens));
        Assert.Equal(first.And(prompt).Hidden, first.Hidden);
        var (mayHide, all) = (prompt.HiddenCount - HiddenIn(prompt, 0), (Codebooks - Conditioning) * Frames);
        Assert.InRange((double)first.HiddenCount / mayHide, ratio - 0.1, ratio + 0.1);
        Assert.InRange((double)second.HiddenCount / all, ratio - 0.1, ratio + 0.1);
        Assert.Equal(0, HiddenIn(first, 0) + HiddenIn(second, 0));
    }

    [Fact]
    public void A_sequence_of_which_nothing_is_to_be_hidden_hides_one_token()
    {
        var tokens = new TokenGrid(Codebooks, Frames, new ushort[Codebooks * Frames]);
        using var batch = MaskedBatch.Create([tokens], s_model, _ => Masks.Empty(Codebooks, Frames), _ => 1, new Random(1), CPU);
        Assert.Equal(1, Hidden(batch, 0, tokens).HiddenCount);
    }

    private static int HiddenIn(TokenMask mask, int codebook) => Enumerable.Range(0, mask.Frames).Count(t => mask[codebook, t]);

    /// <summary>What of a sequence is hidden: MASK in the input, the code in the target; everywhere else the code, and no target.</summary>
    private static TokenMask Hidden(MaskedBatch batch, int sequence, TokenGrid tokens)
    {
        var (input, target) = (batch.Input.data<long>().ToArray(), batch.Target.data<long>().ToArray());
        var hidden = new bool[Codebooks * Frames];
        for (var c = 0; c < Codebooks; c++)
        {
            for (var t = 0; t < Frames; t++)
            {
                var given = input[(sequence * Codebooks + c) * Frames + t];
                var isHidden = hidden[c * Frames + t] = given == TokenGrid.Mask;
                Assert.True(isHidden || given == tokens[c, t]);
                if (c >= Conditioning)
                    Assert.Equal(
                        isHidden
                        ? tokens[c, t]
                        : MaskedLoss.Ignored, target[(sequence * Frames + t) * (Codebooks - Conditioning) + c - Conditioning]);
            }
        }
        return new TokenMask(Codebooks, Frames, hidden);
    }
}
