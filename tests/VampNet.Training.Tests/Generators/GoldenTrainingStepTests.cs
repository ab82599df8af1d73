using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Transformer;
using VampNet.Testing;
using VampNet.Training.Generators;
using VampNet.Training.Runs;
using Xunit;
using static TorchSharp.torch;
using static VampNet.Testing.GoldenTensors;

namespace VampNet.Training.Tests.Generators;

/// <summary>One step of the reference's training of the coarse model: loss, gradients, and weights after AdamW.</summary>
public sealed class GoldenTrainingStepTests
{
    private const double ClipNorm = 5, LearningRate = 1e-3, WeightDecay = 0.01; // README.txt of the goldens; PyTorch's default

    [Fact]
    public void Loss_gradients_and_weights_are_the_references()
    {
        using var scope = NewDisposeScope();
        var table = TorchCheckpoint.Read(Goldens.File("coarse_tiny.pth"));
        var rank = (int)table.Tensors.First(t => t.Key.EndsWith(".lora_A", StringComparison.Ordinal)).Value.Shape[0];
        var options = VampNetOptions.From(table.HyperParameters(), table) with { LoraRank = rank, Dropout = 0 };
        using var network = new VampNetTransformer(options);
        network.LoadTable(table);
        network.train();
        using var optimizer = new AdamW(network, weightDecay: WeightDecay);

        var loss = MaskedLoss.Compute(
            network.Forward(network.Embed(Tensor("coarse_z_masked"), Entries(options.Codebooks))), Target(), MaskedLoss.LabelSmoothing);
        AssertClose("train_loss", Goldens.Array("train_loss").Floats, [loss.item<float>()], LogitTolerance);
        optimizer.ZeroGrad();
        loss.backward();
        var norm = nn.utils.clip_grad_norm_(network.parameters().Where(p => p.requires_grad), ClipNorm);
        AssertClose("train_grad_norm", Goldens.Array("train_grad_norm").Floats, [(float)norm], LogitTolerance);

        var parameters = network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Equal(Listed("trainable: "), parameters.Where(p => p.Value.requires_grad).Select(p => p.Key).Order());
        Assert.Equal(Listed("frozen: "), parameters.Where(p => !p.Value.requires_grad).Select(p => p.Key).Order());
        foreach (var name in Goldens.Names("train_grad__*"))
            AssertClose(name, parameters[name["train_grad__".Length..]].grad!, 1e-5);

        optimizer.Step(LearningRate);
        foreach (var name in Goldens.Names("train_after__*"))
            AssertAfter(name, parameters[name["train_after__".Length..]]);
    }

    /// <summary>
    /// The first step of AdamW moves by the learning rate times g / (|g| + 1e-8): where the gradient is no larger than its
    /// own rounding, the direction is chance. Everywhere else the new weights agree.
    /// </summary>
    private static void AssertAfter(string name, Tensor parameter)
    {
        var (expected, actual) = (Goldens.Array(name).Floats, Values(parameter));
        var gradient = Goldens.Array(name.Replace("train_after__", "train_grad__", StringComparison.Ordinal)).Floats;
        var decided = Enumerable.Range(0, expected.Length).Where(i => Math.Abs(gradient[i]) > 1e-6).ToArray();
        Assert.True(decided.Length > expected.Length / 2, name);
        AssertClose(name, Array.ConvertAll(decided, i => expected[i]), Array.ConvertAll(decided, i => actual[i]), 2e-6);
        AssertClose(name, expected, actual, 2.1 * LearningRate);
    }

    /// <summary>Tokens that are hidden, at position t · codebooks + c; all others are ignored.</summary>
    private static Tensor Target()
    {
        var codes = Tensor("coarse_codes");
        var hidden = Tensor("coarse_mask").gt(0);
        return codes.masked_fill(hidden.logical_not(), MaskedLoss.Ignored).transpose(1, 2).flatten(1);
    }

    private static Tensor Entries(int codebooks)
    {
        var table = TorchCheckpoint.Read(Goldens.File("codec_tiny.pth"));
        return stack(Enumerable.Range(0, codebooks).Select(i =>
        {
            var entries = table[$"quantizer.quantizers.{i}.codebook.weight"];
            return tensor(entries.ToFloats(), entries.ShapeArray());
        }));
    }

    private static IEnumerable<string> Listed(string start) =>
        Goldens.Readme().Single(l => l.StartsWith(start, StringComparison.Ordinal))[start.Length..].Split(", ").Order();
}
