using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Losses;

/// <summary>What magnitudes are judged by: log magnitudes bin by bin, and of mel bands.</summary>
internal sealed class MagnitudeLoss : IDisposable
{
    private const int Mels = 150;
    private const double BinFloor = 1e-4, MelFloor = 1e-5, MelWeight = 3;
    private readonly Tensor _filters; // (bins, mels)

    /// <param name="window">samples that a spectrum is of</param>
    public MagnitudeLoss(int sampleRate, int window, Device device)
    {
        using var scope = NewDisposeScope();
        _filters = tensor(MelSpectrogram.Filters(sampleRate, window, Mels), [Mels, window / 2 + 1]).T.contiguous().to(device)
            .DetachFromDisposeScope();
    }

    /// <param name="expected">(batch, spectra, bins)</param>
    /// <param name="actual">(batch, spectra, bins)</param>
    /// <returns>scalars: the sum to minimise, and its mel part</returns>
    public (Tensor Total, Tensor Mel) Compute(Tensor expected, Tensor actual)
    {
        var bins = Distance(expected, actual, BinFloor);
        var mel = Distance(expected.matmul(_filters), actual.matmul(_filters), MelFloor);
        return (bins.Plus(mel.Times(MelWeight)), mel);
    }

    public void Dispose() => _filters.Dispose();

    private static Tensor Distance(Tensor expected, Tensor actual, double floor) =>
        nn.functional.l1_loss(actual.AtLeast(floor).log(), expected.AtLeast(floor).log());
}
