using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Embeddings;

/// <summary>Points out of tensors.</summary>
internal static class Points
{
    /// <param name="points">(points, dimension)</param>
    public static float[,] Of(Tensor points)
    {
        var result = new float[points.size(0), points.size(1)];
        var values = points.Elements<float>();
        Buffer.BlockCopy(values, 0, result, 0, values.Length * sizeof(float));
        return result;
    }
}
