using VampNet.Model.Layers;
using VampNet.Training.Losses;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Embeddings;

/// <summary>
/// An embedding of our own that needs no weights: of each second or so, how loud each mel band is on average and how
/// much it moves, both smoothed over the bands (cosine transform). It knows timbre, brightness and how busy the sound is,
/// and nothing about melody or harmony. Distances over it are no FAD and compare with nothing but each other.
/// </summary>
public sealed class SpectralStatistics : IAudioEmbedding
{
    private const int Window = 2048, Hop = 1024, Mels = 64, PatchFrames = 43; // a patch is a second
    private const int MeanTerms = 20, SpreadTerms = 12;
    private const double Floor = 1e-5;

    private readonly MelSpectrogram _mel;
    private readonly Tensor _cosines; // (mels, terms)

    public SpectralStatistics()
    {
        using var scope = NewDisposeScope();
        _mel = new MelSpectrogram(SampleRate, Window, Hop, Mels);
        _cosines = tensor(Cosines(), [MeanTerms, Mels]).T.contiguous().DetachFromDisposeScope();
    }

    public string Distance => "spectral Fréchet distance";

    public int SampleRate => 44100;

    public float[,] Embed(ReadOnlySpan<float> audio)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var log = _mel.Compute(tensor(audio.ToArray(), [1, audio.Length])).AtLeast(Floor).log10()[0]; // (frames, mels)
        var patches = (int)log.size(0) / PatchFrames;
        if (patches == 0)
            throw new ArgumentException($"{audio.Length} samples are less than a patch of {PatchFrames * Hop}", nameof(audio));
        var patch = log.narrow(0, 0, patches * PatchFrames).reshape(patches, PatchFrames, Mels);
        var mean = patch.mean([1]); // (patches, mels)
        var spread = (patch - mean.unsqueeze(1)).Squared().mean([1]).sqrt();
        return Points.Of(cat([mean.matmul(_cosines), spread.matmul(_cosines).narrow(1, 0, SpreadTerms)], 1));
    }

    public void Dispose()
    {
        _mel.Dispose();
        _cosines.Dispose();
    }

    /// <returns>orthonormal cosines (terms, mels), row by row</returns>
    private static float[] Cosines()
    {
        var cosines = new float[MeanTerms * Mels];
        for (var k = 0; k < MeanTerms; k++)
        {
            for (var m = 0; m < Mels; m++)
                cosines[k * Mels + m] = (float)(Math.Sqrt((k == 0 ? 1.0 : 2.0) / Mels) * Math.Cos(Math.PI * k * (m + 0.5) / Mels));
        }
        return cosines;
    }
}
