using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Losses;

/// <summary>
/// What a codec's output is judged by: log-mel magnitudes at several resolutions (Kumar et al. 2023), complex spectra at
/// several, which see the phase, and the waveform itself.
/// </summary>
/// <remarks>Where phases are found and not coded, mel magnitudes alone: any waveform that has them is as good.</remarks>
internal sealed class ReconstructionLoss : IDisposable
{
    private const double Floor = 1e-5, WaveformWeight = 0.5, SpectrumWeight = 0.5;
    private readonly MelSpectrogram[] _mels;
    private readonly Tensor[] _windows; // of the complex spectra; none = phases do not matter

    /// <param name="phases">whether phases matter</param>
    public ReconstructionLoss(int sampleRate, bool phases, Device device)
    {
        (int Size, int Mels)[] scales = [(4096, 200), (2048, 150), (512, 80)];
        _mels = [.. scales.Select(s => new MelSpectrogram(sampleRate, s.Size, s.Size / 2, s.Mels, device))];
        int[] sizes = phases ? [2048, 1024, 512] : [];
        _windows = [.. sizes.Select(size => hann_window(size, device: device).DetachFromDisposeScope())];
    }

    /// <param name="expected">(batch, samples)</param>
    /// <param name="actual">(batch, samples)</param>
    /// <returns>scalars: the sum to minimise, and its mel part</returns>
    public (Tensor Total, Tensor Mel) Compute(Tensor expected, Tensor actual)
    {
        var mel = zeros([], device: actual.device);
        foreach (var scale in _mels)
            mel = mel.Plus(nn.functional.l1_loss(scale.Compute(actual).AtLeast(Floor).log(), scale.Compute(expected).AtLeast(Floor).log()));
        if (_windows.Length == 0)
            return (mel, mel);
        var waveform = nn.functional.l1_loss(actual, expected) / expected.abs().mean().Plus(1e-3);
        var spectra = zeros([], device: actual.device);
        foreach (var window in _windows)
            spectra = spectra.Plus(SpectrumError(expected, actual, window).Over(_windows.Length));
        return (mel.Plus(waveform.Times(WaveformWeight)).Plus(spectra.Times(SpectrumWeight)), mel);
    }

    public void Dispose()
    {
        foreach (var mel in _mels)
            mel.Dispose();
        foreach (var window in _windows)
            window.Dispose();
    }

    /// <summary>Relative error of the complex spectrum: ‖S − Ŝ‖ / ‖S‖.</summary>
    private static Tensor SpectrumError(Tensor expected, Tensor actual, Tensor window)
    {
        return (Energy(expected - actual).sum() / Energy(expected).sum().Plus(1e-3)).sqrt();

        Tensor Energy(Tensor audio)
        {
            var spectrum = fft.rfft(audio.unfold(-1, window.size(0), window.size(0) / 2) * window);
            return spectrum.real.Squared().Plus(spectrum.imag.Squared());
        }
    }
}
