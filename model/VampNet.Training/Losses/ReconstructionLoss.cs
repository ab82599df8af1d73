using static TorchSharp.torch;

namespace VampNet.Training.Losses;

/// <summary>
/// What a codec's output is judged by: log-mel magnitudes at several resolutions (Kumar et al. 2023), complex spectra,
/// which see the phase, and the waveform itself.
/// </summary>
internal sealed class ReconstructionLoss : IDisposable
{
    private const double Floor = 1e-5, WaveformWeight = 0.5, SpectrumWeight = 0.5;
    private readonly MelSpectrogram[] _mels;
    private readonly Tensor _window;
    private const int SpectrumSize = 1024;

    public ReconstructionLoss(int sampleRate, Device device)
    {
        (int Size, int Mels)[] scales = [(4096, 200), (2048, 150), (512, 80)];
        _mels = [.. scales.Select(s => new MelSpectrogram(sampleRate, s.Size, s.Size / 2, s.Mels, device))];
        _window = hann_window(SpectrumSize, device: device).DetachFromDisposeScope();
    }

    /// <param name="expected">(batch, samples)</param>
    /// <param name="actual">(batch, samples)</param>
    /// <returns>scalars: the sum to minimise, and its mel part</returns>
    public (Tensor Total, Tensor Mel) Compute(Tensor expected, Tensor actual)
    {
        var mel = zeros([], device: actual.device);
        foreach (var scale in _mels)
            mel = mel + nn.functional.l1_loss(scale.Compute(actual).clamp_min(Floor).log(), scale.Compute(expected).clamp_min(Floor).log());
        var waveform = nn.functional.l1_loss(actual, expected) / (expected.abs().mean() + 1e-3);
        return (mel + waveform * WaveformWeight + SpectrumError(expected, actual) * SpectrumWeight, mel);
    }

    public void Dispose()
    {
        foreach (var mel in _mels)
            mel.Dispose();
        _window.Dispose();
    }

    /// <summary>Relative error of the complex spectrum: ‖S − Ŝ‖ / ‖S‖.</summary>
    private Tensor SpectrumError(Tensor expected, Tensor actual)
    {
        var difference = fft.rfft((expected - actual).unfold(-1, SpectrumSize, SpectrumSize / 2) * _window);
        var reference = fft.rfft(expected.unfold(-1, SpectrumSize, SpectrumSize / 2) * _window);
        return (Energy(difference).sum() / (Energy(reference).sum() + 1e-3)).sqrt();
    }

    private static Tensor Energy(Tensor spectrum) => spectrum.real.square() + spectrum.imag.square();
}
