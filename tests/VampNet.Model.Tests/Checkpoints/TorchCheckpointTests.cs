using System.Text.Json;
using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>Files that PyTorch wrote (Data/make.py): every kind of view, and a torch.package.</summary>
public class TorchCheckpointTests
{
    [Fact]
    public void Views_of_every_element_type_hold_the_values_that_torch_saw()
    {
        var table = TorchCheckpoint.Read(Data("views.pth"));
        using var expected = JsonDocument.Parse(File.ReadAllText(Data("views.json")));
        Assert.Equal(expected.RootElement.EnumerateObject().Select(p => p.Name), table.Tensors.Keys); // "_orig_mod." is gone
        foreach (var property in expected.RootElement.EnumerateObject())
        {
            var tensor = table[property.Name];
            Assert.Equal(property.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64()), tensor.ShapeArray());
            Assert.Equal(property.Value.GetProperty("values").EnumerateArray().Select(v => (float)v.GetDouble()), tensor.ToFloats());
        }
        Assert.Equal(
            ["F32", "I64", "F64", "F16", "BF16", "I32", "I16", "I8", "U8", "BOOL"],
            table.Tensors.Values.Select(t => t.Type.ToString()).Distinct());
    }

    [Fact]
    public void Hyper_parameters_are_kept_and_other_metadata_is_ignored()
    {
        var table = TorchCheckpoint.Read(Data("views.pth"));
        var arguments = table.HyperParameters();
        Assert.Equal(4, arguments.GetInt("n_heads"));
        Assert.Equal([2, 4], arguments.GetInts("rates"));
        Assert.Equal(1L << 40, arguments.GetDouble("big"));
        Assert.Equal(-(1L << 40), arguments.GetDouble("negative"));
        Assert.Equal(12, arguments.GetInt("absent", 12));
        Assert.Contains("'absent' is missing", Assert.Throws<CheckpointException>(() => arguments.GetInt("absent")).Message);
        Assert.Contains("'big'", Assert.Throws<CheckpointException>(() => arguments.GetInt("big")).Message);
        Assert.Contains("'n_heads'", Assert.Throws<CheckpointException>(() => arguments.GetInts("n_heads")).Message);
    }

    /// <summary>Lightning before 1.5 keeps the state of a callback under its class.</summary>
    [Fact]
    public void Classes_of_callbacks_are_keys_and_no_more()
    {
        var pickle = new PickleWriter().Op("}").Text("callbacks").Op("}")
            .Global("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint")
            .Op("}").Text("best_model_score").Tensor(4, 0, [], []).Op("sss").Text("state_dict").Op("}").Text("w").Tensor(4, 0, [4], [1])
            .Op("ss");
        Assert.Equal(["w"], TorchCheckpoint.Read(pickle.Checkpoint(), "x.ckpt").Tensors.Keys);
    }

    [Fact]
    public void A_torch_package_gives_the_state_dict_of_its_module()
    {
        var package = TorchCheckpoint.Read(Data("package.pth"));
        var weights = TorchCheckpoint.Read(Data("package_weights.pth"));
        Assert.Equal(weights.Tensors.Keys.Order(), package.Tensors.Keys.Order());
        foreach (var (name, tensor) in weights.Tensors)
        {
            Assert.Equal(tensor.ToString(), package[name].ToString());
            Assert.True(tensor.Data.Span.SequenceEqual(package[name].Data.Span), name);
        }
        Assert.Equal(weights.Metadata, package.Metadata);
        Assert.Equal("""{"dim":3,"rates":[2,4],"name":"tiny","none":null,"share":0.5,"flag":true}""", package.Metadata[HyperParameters.MetadataKey]);
    }

    [Fact]
    public void A_class_from_outside_its_package_is_refused()
    {
        var entries = PickleWriter.Unzip(Data("package.pth")).Where(e => !e.Name.EndsWith("layers.py", StringComparison.Ordinal));
        var error = Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(PickleWriter.Zip([.. entries]), "stripped.pth"));
        Assert.Contains("tinycodec.layers.Gain", error.Message);
    }

    [Fact]
    public void A_damaged_storage_is_reported_with_file_and_tensor()
    {
        var file = File.ReadAllBytes(Data("package_weights.pth"));
        var alpha = TorchCheckpoint.Read(Data("package_weights.pth"))["encoder.1.alpha"].Data;
        file[file.AsSpan().IndexOf(alpha.Span)] ^= 1;
        var error = Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(new MemoryStream(file), "weights.pth"));
        Assert.StartsWith("weights.pth: tensor 'encoder.1.alpha'", error.Message);
    }

    [Fact]
    public void A_missing_file_is_reported_by_name() =>
        Assert.Contains("nowhere.pth", Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read("nowhere.pth")).Message);

    internal static string Data(string name) => Path.Combine(Repository.Root, "tests", "VampNet.Model.Tests", "Checkpoints", "Data", name);
}
