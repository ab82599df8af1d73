using FsCheck;
using FsCheck.Fluent;
using VampNet.Model.Transformer;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Transformer;

/// <summary>
/// Logits do not depend on the batch, bit for bit, at sizes of real models: small ones never reach the thresholds at which
/// libraries change their algorithms.
/// </summary>
[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class PackedForwardTests
{
    private const int Cases = 40;

    [Theory]
    [InlineData(192, 6, 4, 0)] // the shipped coarse model's
    [InlineData(128, 4, 14, 4)] // and the fine one's
    public void Logits_are_the_same_alone_and_in_any_batch(int dimension, int heads, int codebooks, int conditioning)
    {
        using var network = new VampNetTransformer(new VampNetOptions(codebooks, conditioning, dimension, heads, Layers: 2));
        network.eval();
        // Neighbours of one length attend together: some lengths come often.
        var lengths = Gen.OneOf(Gen.Choose(1, 12), Gen.Choose(13, 300), Gen.Elements(9, 32)).NonEmptyListOf().Resize(5);
        Prop.ForAll(lengths.ToArbitrary(), drawn =>
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            int[] together = [.. drawn];
            var latents = together.Select(frames => randn(1, codebooks * network.Options.LatentDimension, frames)).ToList();
            var transformed = network.Transform(cat(latents, 2), together);
            var first = 0L;
            return latents.TrueForAll(own =>
            {
                var alone = network.Transform(own, [(int)own.size(2)]);
                var same = Enumerable.Range(0, network.Options.PredictedCodebooks).All(codebook =>
                    Floats(network.Logits(transformed, codebook).narrow(0, first, own.size(2))).AsSpan()
                        .SequenceEqual(Floats(network.Logits(alone, codebook))));
                first += own.size(2);
                return same;
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
    }

    private static float[] Floats(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
