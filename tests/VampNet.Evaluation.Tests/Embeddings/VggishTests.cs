using VampNet.Evaluation.Embeddings;
using VampNet.Model.Checkpoints;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Tests.Embeddings;

[NoTensorLeaks]
public sealed class VggishTests
{
    private static readonly (int Layer, int Inputs, int Outputs)[] s_convolutions = [
        (0, 1, 64), (3, 64, 128), (6, 128, 256), (8, 256, 256), (11, 256, 512), (13, 512, 512)];

    private static readonly (int Layer, int Inputs, int Outputs)[] s_maps = [(0, 12288, 4096), (2, 4096, 4096), (4, 4096, 128)];

    /// <summary>Weights that hand the first channel through: what comes out is the loudest of 16 x 16 cells of the spectrogram.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 1)]
    [InlineData(5, 3)]
    public void The_layers_lie_as_the_weights_expect_them(int row, int column)
    {
        using var scope = NewDisposeScope();
        using var vggish = new Vggish(Weights((row * 4 + column) * 512)); // channels last
        using var spectrum = new VggishSpectrum();
        var audio = Sweep(1);
        var cells = spectrum.Patches(audio)[0][0]; // (96, 64)
        var expected = cells.narrow(0, row * 16, 16).narrow(1, column * 16, 16).max().item<float>();
        var points = vggish.Embed(audio);
        Assert.Equal((1, 128), (points.GetLength(0), points.GetLength(1)));
        Assert.Equal(Math.Max(0, expected), points[0, 7], 1e-4);
    }

    [Fact]
    public void A_tone_is_loudest_in_the_band_of_its_pitch()
    {
        using var scope = NewDisposeScope();
        using var spectrum = new VggishSpectrum();
        var audio = Enumerable.Range(0, 16000).Select(i => MathF.Sin(2 * MathF.PI * 1000 * i / 16000)).ToArray();
        var bands = spectrum.Patches(audio)[0][0].mean([0]);
        // 125 to 7500 Hz are 185 to 2774 mel, 65 steps of 39.8; 1000 Hz is 1000 mel, 20.5 steps up.
        Assert.InRange(bands.argmax(0).item<long>(), 19, 20);
    }

    [Fact]
    public void Other_weights_are_refused_by_name()
    {
        var error = Assert.Throws<CheckpointException>(
            () => new Vggish(new TensorTable("other.pth", new Dictionary<string, RawTensor>(), new Dictionary<string, string>())));
        Assert.Contains("features.0.weight", error.Message);
    }

    private static TensorTable Weights(int chosen)
    {
        var tensors = new Dictionary<string, RawTensor>();
        foreach (var (layer, inputs, outputs) in s_convolutions)
            Add($"features.{layer}", 4, outputs, inputs, 3, 3); // the middle of the kernel from channel 0 to channel 0
        Add("embeddings.0", chosen, s_maps[0].Outputs, s_maps[0].Inputs);
        Add("embeddings.2", 0, s_maps[1].Outputs, s_maps[1].Inputs);
        Add("embeddings.4", 7 * s_maps[2].Inputs, s_maps[2].Outputs, s_maps[2].Inputs);
        return new TensorTable("test", tensors, new Dictionary<string, string>());

        void Add(string name, int one, params long[] shape)
        {
            var weight = new float[shape.Aggregate((a, b) => a * b)];
            weight[one] = 1;
            tensors[$"{name}.weight"] = RawTensor.FromFloats(weight, shape);
            tensors[$"{name}.bias"] = RawTensor.FromFloats(new float[shape[0]], shape[0]);
        }
    }

    /// <summary>A tone that rises through all bands, loud enough for positive logarithms.</summary>
    private static float[] Sweep(int seconds) =>
        [.. Enumerable.Range(0, seconds * 16000).Select(i => 5 * MathF.Sin(2 * MathF.PI * (200 + 2500f * i / 16000) * i / 16000))];
}
