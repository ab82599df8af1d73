using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Losses;

/// <summary>
/// The paper's measure of reconstruction (equation 3): mean absolute difference of log10 mel magnitudes, at windows of
/// 2048 samples (150 mels) and 512 (80 mels), hop = window.
/// </summary>
public sealed class MelError(int sampleRate) : IDisposable
{
    private const double Floor = 1e-5;
    private readonly MelSpectrogram _long = new(sampleRate, 2048, 2048, 150), _short = new(sampleRate, 512, 512, 80);

    /// <param name="expected">(batch, samples)</param>
    /// <param name="actual">(batch, samples)</param>
    /// <returns>the errors at 2048 and at 512</returns>
    public (double Long, double Short) Compute(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        return (Distance(_long), Distance(_short));

        double Distance(MelSpectrogram mel) =>
            (mel.Compute(expected).AtLeast(Floor).log10() - mel.Compute(actual).AtLeast(Floor).log10()).abs().mean().Number();
    }

    public void Dispose()
    {
        _long.Dispose();
        _short.Dispose();
    }
}
