using VampNet.Model.Codec;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Losses;

/// <summary>What magnitudes are judged by: log magnitudes bin by bin, in either band, and of mel bands.</summary>
internal sealed class MagnitudeLoss : IDisposable
{
    private const int Mels = 150;
    private const double BinFloor = 1e-4, MelFloor = 1e-5, MelWeight = 3;
    private readonly Tensor _filters; // (bins, mels)

    /// <param name="window">samples that a spectrum of the high band is of</param>
    public MagnitudeLoss(int sampleRate, int window, Device device)
    {
        using var scope = NewDisposeScope();
        _filters = tensor(MelSpectrogram.Filters(sampleRate, window, Mels), [Mels, window / 2 + 1]).T.contiguous().to(device)
            .DetachFromDisposeScope();
    }

    /// <returns>scalars: the sum to minimise, and its mel part</returns>
    public (Tensor Total, Tensor Mel) Compute(SpectralMagnitudes expected, SpectralMagnitudes actual)
    {
        var bins = Distance(expected.High, actual.High, BinFloor).Plus(Distance(expected.Low, actual.Low, BinFloor));
        var mel = Distance(expected.High.matmul(_filters), actual.High.matmul(_filters), MelFloor);
        return (bins.Plus(mel.Times(MelWeight)), mel);
    }

    public void Dispose() => _filters.Dispose();

    private static Tensor Distance(Tensor expected, Tensor actual, double floor) =>
        nn.functional.l1_loss(actual.AtLeast(floor).log(), expected.AtLeast(floor).log());
}
