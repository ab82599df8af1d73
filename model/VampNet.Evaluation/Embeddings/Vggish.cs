using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Embeddings;

/// <summary>
/// VGGish (Hershey et al. 2017) with the weights of its PyTorch port, which a user has to bring: with it the Fréchet
/// distance is the Fréchet audio distance (Kilgour et al. 2019), computed before the last activation and without PCA.
/// </summary>
public sealed class Vggish : IAudioEmbedding
{
    private const int Dimension = 128;

    // As torch numbers them: activations and pools are layers too.
    private static readonly (int Layer, int Inputs, int Outputs, bool Pools)[] s_convolutions =
        [(0, 1, 64, true), (3, 64, 128, true), (6, 128, 256, false), (8, 256, 256, true), (11, 256, 512, false), (13, 512, 512, true)];

    private static readonly (int Layer, int Inputs, int Outputs)[] s_maps = [(0, 6 * 4 * 512, 4096), (2, 4096, 4096), (4, 4096, Dimension)];

    private readonly Dictionary<string, Tensor> _weights;
    private readonly VggishSpectrum _spectrum;

    /// <param name="path">a .pth (zip) or .safetensors file with features.N and embeddings.N</param>
    /// <exception cref="CheckpointException">the file is not VGGish</exception>
    public Vggish(string path)
        : this(Path.GetExtension(path) == ".safetensors" ? Safetensors.Read(path) : TorchCheckpoint.Read(path))
    {
    }

    internal Vggish(TensorTable table)
    {
        var raw = new Dictionary<string, RawTensor>();
        foreach (var (layer, inputs, outputs, _) in s_convolutions)
            Take($"features.{layer}", outputs, inputs, 3, 3);
        foreach (var (layer, inputs, outputs) in s_maps)
            Take($"embeddings.{layer}", outputs, inputs);
        _weights = raw.ToDictionary(w => w.Key, w => tensor(w.Value.ToFloats(), w.Value.ShapeArray()).DetachFromDisposeScope());
        _spectrum = new VggishSpectrum();

        void Take(string name, params ReadOnlySpan<long> shape)
        {
            raw[$"{name}.weight"] = table.Get($"{name}.weight", shape);
            raw[$"{name}.bias"] = table.Get($"{name}.bias", shape[0]);
        }
    }

    public string Distance => "FAD (VGGish)";

    public int SampleRate => VggishSpectrum.SampleRate;

    public float[,] Embed(ReadOnlySpan<float> audio)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var x = _spectrum.Patches(audio); // (patches, 1, 96, 64)
        foreach (var (layer, _, _, pools) in s_convolutions)
        {
            x = nn.functional.conv2d(x, _weights[$"features.{layer}.weight"], _weights[$"features.{layer}.bias"], padding: [1, 1]).relu();
            if (pools)
                x = nn.functional.max_pool2d(x, 2, 2);
        }
        x = x.permute(0, 2, 3, 1).flatten(1); // channels last, as the original has them
        foreach (var (layer, _, _) in s_maps)
        {
            x = nn.functional.linear(x, _weights[$"embeddings.{layer}.weight"], _weights[$"embeddings.{layer}.bias"]);
            if (layer != s_maps[^1].Layer)
                x = x.relu();
        }
        return Points.Of(x);
    }

    public void Dispose()
    {
        _spectrum.Dispose();
        foreach (var weight in _weights.Values)
            weight.Dispose();
    }
}
