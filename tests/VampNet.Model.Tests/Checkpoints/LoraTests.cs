using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

public class LoraTests
{
    private static TensorTable Table(params (string Name, RawTensor Tensor)[] tensors) =>
        new("x.pth", new OrderedDictionary<string, RawTensor>(tensors.Select(t => KeyValuePair.Create(t.Name, t.Tensor))),
            new Dictionary<string, string>());

    [Fact]
    public void The_product_over_the_rank_is_added()
    {
        var merged = Lora.Merge(Table(
            ("fc.weight", RawTensor.FromFloats([1, 2, 3, 4, 5, 6], 3, 2)),
            ("fc.lora_A", RawTensor.FromFloats([1, 0, 0, 2], 2, 2)),
            ("fc.lora_B", RawTensor.FromFloats([2, 0, 0, 4, 1, 1], 3, 2)),
            ("norm.weight", RawTensor.FromFloats([1], 1))));
        Assert.Equal(["fc.weight", "norm.weight"], merged.Tensors.Keys);
        Assert.Equal([1 + 1, 2, 3, 4 + 4, 5 + 0.5f, 6 + 1], merged["fc.weight"].ToFloats());
    }

    /// <summary>The reference exports a fine-tuning as a whole checkpoint.</summary>
    [Fact]
    public void A_whole_checkpoint_comes_down_to_what_it_changes()
    {
        var (weights, adapters) =
            (TorchCheckpoint.Read(Goldens.File("coarse_tiny.pth")), TorchCheckpoint.Read(Goldens.File("coarse_tiny_lora.pth")));
        var tensors = new OrderedDictionary<string, RawTensor>(weights.Tensors);
        foreach (var (name, tensor) in adapters.Tensors)
            tensors[name] = tensor;
        const string Norm = "transformer.norm.weight";
        tensors[Norm] = RawTensor.FromFloats(weights[Norm].ToFloats().Select(v => v + 1).ToArray(), weights[Norm].Shape);
        var whole = new TensorTable("whole.pth", tensors, weights.Metadata);

        var changes = Lora.Changes(weights, whole);
        Assert.Equal(adapters.Tensors.Keys.Append(Norm).Order(), changes.Tensors.Keys.Order());
        var (expected, actual) = (Lora.Merge(whole), Lora.Merge(weights, changes));
        Assert.Equal(expected.Tensors.Keys.Order(), actual.Tensors.Keys.Order());
        foreach (var (name, tensor) in expected.Tensors)
            Assert.True(tensor.Data.Span.SequenceEqual(actual[name].Data.Span), name);
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        var weight = ("fc.weight", RawTensor.FromFloats([1, 2, 3, 4, 5, 6], 3, 2));
        var a = ("fc.lora_A", RawTensor.FromFloats([1, 0], 1, 2));
        var b = ("fc.lora_B", RawTensor.FromFloats([1, 0, 1], 3, 1));
        Assert.Equal(2, Lora.Merge(Table(weight, a, b))["fc.weight"].ToFloats()[0]);
        AssertRefused("'fc.weight'", Table(a, b));
        AssertRefused("'fc.lora_B' is missing", Table(weight, a));
        AssertRefused("'fc.lora_A' is missing", Table(weight, b));
        AssertRefused("do not fit", Table(weight, a, ("fc.lora_B", RawTensor.FromFloats([1, 0], 2, 1))));
        AssertRefused("do not fit", Table(weight, b, ("fc.lora_A", RawTensor.FromFloats([1, 0, 1], 1, 3))));
        AssertRefused(
            "do not fit", Table(weight, ("fc.lora_A", RawTensor.FromFloats([], 0, 2)), ("fc.lora_B", RawTensor.FromFloats([], 3, 0))));
    }

    private static void AssertRefused(string expected, TensorTable table) =>
        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Lora.Merge(table)).Message);
}
