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
