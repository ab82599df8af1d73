using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Packages;
using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>The reference's own files: every tensor with the shape that their hyper-parameters ask for, and true values.</summary>
public class GoldenCheckpointTests
{
    [Theory]
    [InlineData("coarse_tiny.pth")]
    [InlineData("c2f_tiny.pth")]
    [InlineData("ctrl_tiny.pth")]
    public void Generators_have_the_shapes_of_their_hyper_parameters(string name)
    {
        var table = TorchCheckpoint.Read(Goldens.File(name));
        var arguments = table.HyperParameters();
        long dim = arguments.GetInt("embedding_dim"), latent = arguments.GetInt("latent_dim"), codebooks = arguments.GetInt("n_codebooks");
        var rank = table["transformer.layers.0.self_attn.w_qs.lora_A"].Shape[0];
        var predicted = codebooks - arguments.GetInt("n_conditioning_codebooks");
        var expected = new Dictionary<string, long[]>
        {
            ["embedding.special.MASK"] = [codebooks, latent],
            ["embedding.out_proj.weight"] = [dim, codebooks * latent, 1],
            ["embedding.out_proj.bias"] = [dim],
            ["transformer.norm.weight"] = [dim],
            ["transformer.layers.0.self_attn.relative_attention_bias.weight"] = [32, arguments.GetInt("n_heads")],
            ["classifier.layers.0.weight_v"] = [arguments.GetInt("vocab_size") * predicted, dim, 1],
            ["classifier.layers.0.weight_g"] = [arguments.GetInt("vocab_size") * predicted, 1, 1],
            ["classifier.layers.0.bias"] = [arguments.GetInt("vocab_size") * predicted],
        };
        for (var layer = 0; layer < arguments.GetInt("n_layers"); layer++)
        {
            var prefix = $"transformer.layers.{layer}.";
            expected[prefix + "norm_1.weight"] = [dim];
            expected[prefix + "norm_3.weight"] = [dim];
            expected[prefix + "self_attn.w_ks.weight"] = [dim, dim];
            AddLoraLinear(expected, prefix + "self_attn.w_qs", dim, dim, rank);
            AddLoraLinear(expected, prefix + "self_attn.w_vs", dim, dim, rank);
            AddLoraLinear(expected, prefix + "self_attn.fc", dim, dim, rank);
            AddLoraLinear(expected, prefix + "feed_forward.w_1", dim, 4 * dim, rank);
            AddLoraLinear(expected, prefix + "feed_forward.w_2", 2 * dim, dim, rank);
        }
        if (name == "ctrl_tiny.pth")
        {
            foreach (var control in arguments.Json.GetProperty("ctrl_dims").EnumerateObject())
            {
                expected[$"ctrl_encoder.ctrl_encoders.{control.Name}.weight"] = table[$"ctrl_encoder.ctrl_encoders.{control.Name}.weight"]
                    .ShapeArray();
                Assert.Contains(control.Value.GetInt64(), table[$"ctrl_encoder.ctrl_encoders.{control.Name}.weight"].ShapeArray());
                expected[$"ctrl_encoder.ctrl_encoders.{control.Name}.bias"] = [dim];
            }
        }
        Assert.Equal(expected.Keys.Order(), table.Tensors.Keys.Order());
        foreach (var (key, shape) in expected)
            Assert.Equal(shape, table[key].ShapeArray());
        AssertFinite(table);
    }

    [Fact]
    public void The_lora_file_holds_adapters_that_fit_the_coarse_model()
    {
        var lora = TorchCheckpoint.Read(Goldens.File("coarse_tiny_lora.pth"));
        var coarse = TorchCheckpoint.Read(Goldens.File("coarse_tiny.pth"));
        Assert.Equal(coarse.Tensors.Keys.Where(k => k.Contains(".lora_")).Order(), lora.Tensors.Keys.Order());
        foreach (var (name, tensor) in lora.Tensors)
            Assert.Equal(coarse[name].ShapeArray(), tensor.ShapeArray());
        AssertFinite(lora);
    }

    [Theory]
    [InlineData("codec_tiny.pth")]
    [InlineData("codec_package_weights.pth")]
    public void Codecs_have_the_shapes_of_their_hyper_parameters(string name)
    {
        var table = TorchCheckpoint.Read(Goldens.File(name));
        var arguments = table.HyperParameters();
        long latent = arguments.GetInt("encoder_dim") << arguments.GetInts("encoder_rates").Length, dim = arguments.GetInt("codebook_dim");
        for (var i = 0; i < arguments.GetInt("n_codebooks"); i++)
        {
            var prefix = $"quantizer.quantizers.{i}.";
            table.Get(prefix + "codebook.weight", arguments.GetInt("codebook_size"), dim);
            table.Get(prefix + "in_proj.weight_v", dim, latent, 1);
            table.Get(prefix + "out_proj.weight_v", latent, dim, 1);
            table.Get(prefix + "out_proj.bias", latent);
        }
        table.Get("encoder.block.0.weight_v", arguments.GetInt("encoder_dim"), 1, 7);
        table.Get("decoder.model.0.weight_v", arguments.GetInt("decoder_dim"), latent, 7);
        foreach (var (i, rate) in arguments.GetInts("decoder_rates").Index())
        {
            var channels = (long)arguments.GetInt("decoder_dim") >> i;
            table.Get($"decoder.model.{i + 1}.block.1.weight_v", channels, channels / 2, 2 * rate);
        }
        foreach (var (key, v) in table.Tensors.Where(t => t.Key.EndsWith(".weight_v", StringComparison.Ordinal)))
            table.Get(key[..^1] + "g", v.Shape[0], 1, 1);
        AssertFinite(table);
    }

    [Fact]
    public void Wavebeat_is_read_out_of_its_lightning_checkpoint()
    {
        var table = TorchCheckpoint.Read(Goldens.File("wavebeat_tiny.pth"));
        var arguments = table.HyperParameters();
        Assert.Equal(256, arguments.GetInt("target_factor"));
        long channels = arguments.GetInt("ninputs");
        for (var block = 0; block < arguments.GetInt("nblocks"); block++)
        {
            var weight = table[$"blocks.{block}.conv1.weight"];
            Assert.Equal([weight.Shape[0], channels, arguments.GetInt("kernel_size")], weight.ShapeArray());
            channels = weight.Shape[0];
            table.Get($"blocks.{block}.norm1.running_var", channels);
            Assert.Equal(ElementType.I64, table.Get($"blocks.{block}.norm1.num_batches_tracked").Type);
        }
        table.Get("output.weight", arguments.GetInt("noutputs"), channels, 1);
        AssertFinite(table);
    }

    /// <summary>Values, not only shapes: the codec's codebooks and the learned MASK rows make up the reference's latents.</summary>
    [Theory]
    [InlineData("coarse")]
    [InlineData("c2f")]
    public void Codebooks_and_mask_rows_give_the_reference_latents(string name)
    {
        var (tokens, latents) = (Goldens.Array(name + "_z_masked"), Goldens.Array(name + "_latents"));
        var codec = TorchCheckpoint.Read(Goldens.File("codec_tiny.pth"));
        var mask = TorchCheckpoint.Read(Goldens.File(name + "_tiny.pth"))["embedding.special.MASK"].ToFloats();
        var (codebooks, frames, dim) = (tokens.Shape[1], tokens.Shape[2], latents.Shape[1] / tokens.Shape[1]);
        var actual = new float[latents.Count];
        for (var c = 0; c < codebooks; c++)
        {
            var rows = codec[$"quantizer.quantizers.{c}.codebook.weight"].ToFloats();
            var vocabulary = rows.Length / dim;
            for (var b = 0; b < tokens.Shape[0]; b++)
            {
                for (var t = 0; t < frames; t++)
                {
                    var token = (int)tokens.Longs[(b * codebooks + c) * frames + t];
                    var row = token == vocabulary ? mask.AsSpan(c * dim, dim) : rows.AsSpan(token * dim, dim);
                    for (var d = 0; d < dim; d++)
                        actual[((b * codebooks + c) * dim + d) * frames + t] = row[d];
                }
            }
        }
        Assert.Equal(latents.Floats, actual);
    }

    [Fact]
    public void The_input_projection_gives_the_reference_embedding()
    {
        var (latents, expected) = (Goldens.Array("coarse_latents"), Goldens.Array("coarse_embedded"));
        var table = TorchCheckpoint.Read(Goldens.File("coarse_tiny.pth"));
        var (weight, bias) = (table["embedding.out_proj.weight"].ToFloats(), table["embedding.out_proj.bias"].ToFloats());
        var (batch, inputs, frames) = (latents.Shape[0], latents.Shape[1], latents.Shape[2]);
        for (var b = 0; b < batch; b++)
        {
            for (var d = 0; d < bias.Length; d++)
            {
                for (var t = 0; t < frames; t++)
                {
                    double sum = bias[d];
                    for (var i = 0; i < inputs; i++)
                        sum += weight[d * inputs + i] * latents.Floats[(b * inputs + i) * frames + t];
                    Assert.Equal(expected.Floats[(b * bias.Length + d) * frames + t], sum, 1e-4);
                }
            }
        }
    }

    [Theory]
    [InlineData("codec_tiny.pth")]
    [InlineData("coarse_tiny.pth")]
    [InlineData("coarse_tiny_lora.pth")]
    [InlineData("wavebeat_tiny.pth")]
    public void Conversion_keeps_every_name_and_bit(string name)
    {
        using var folder = new TemporaryFolder();
        var output = folder.File("out.safetensors");
        CheckpointConverter.Convert(Goldens.File(name), output);
        var (before, after) = (TorchCheckpoint.Read(Goldens.File(name)), Safetensors.Read(output));
        Assert.Equal(before.Tensors.Keys.Order(), after.Tensors.Keys.Order());
        foreach (var (key, tensor) in before.Tensors)
        {
            Assert.Equal(tensor.ToString(), after[key].ToString());
            Assert.True(tensor.Data.Span.SequenceEqual(after[key].Data.Span), key);
        }
        Assert.Equal(before.Metadata, after.Metadata);
    }

    private static void AddLoraLinear(Dictionary<string, long[]> expected, string name, long inputs, long outputs, long rank)
    {
        expected[name + ".weight"] = [outputs, inputs];
        expected[name + ".lora_A"] = [rank, inputs];
        expected[name + ".lora_B"] = [outputs, rank];
    }

    private static void AssertFinite(TensorTable table)
    {
        foreach (var (name, tensor) in table.Tensors)
            Assert.True(tensor.ToFloats().All(float.IsFinite), name);
    }
}
