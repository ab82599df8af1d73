using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Embeddings;

/// <summary>Maps audio to points, near each other where sounds are alike: what a Fréchet distance compares.</summary>
public interface IAudioEmbedding : IDisposable
{
    /// <summary>What the Fréchet distance over these points is called.</summary>
    string Distance { get; }

    /// <summary>Sample rate of the audio that it takes, in Hz.</summary>
    int SampleRate { get; }

    /// <summary>Points of audio, one about every second.</summary>
    /// <param name="audio">mono</param>
    /// <returns>(points, dimension)</returns>
    float[,] Embed(ReadOnlySpan<float> audio);
}

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
