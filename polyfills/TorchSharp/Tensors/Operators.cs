using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>Operators that belong to no single tensor.</summary>
public static partial class torch
{
    private static class Joining
    {
        public static readonly Operator cat = new("cat");
        public static readonly Operator stack = new("stack");
        public static readonly Operator complex = new("complex");
        public static readonly Operator stft = new("stft", "center");
        public static readonly Operator istft = new("istft");
        public static readonly Operator baddbmm = new("baddbmm");
        public static readonly Operator multinomial = new("multinomial");
        public static readonly Operator outer = new("outer");
    }

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Joining.cat.Call(tensors.ToArray(), dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Joining.stack.Call(tensors.ToArray(), dim);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);

    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);

    public static Tensor complex(Tensor real, Tensor imag) => Joining.complex.Call(real, imag);

    public static Tensor outer(Tensor input, Tensor vec2) => Joining.outer.Call(input, vec2);

    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false) => Joining.multinomial.Call(input, num_samples, replacement);

    /// <summary>Short-time Fourier transform: (batch, samples) to complex (batch, bins, frames).</summary>
    public static Tensor stft(Tensor input, long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true,
        PaddingModes pad_mode = PaddingModes.Reflect, bool normalized = false, bool? onesided = null, bool? return_complex = null) =>
        Joining.stft.Call(input, n_fft, hop_length > 0 ? hop_length : n_fft / 4, win_length > 0 ? win_length : n_fft, window, center,
            pad_mode == PaddingModes.Reflect ? "reflect" : "constant", normalized, onesided ?? true, return_complex ?? true);

    /// <summary>Inverse of <see cref="stft"/>, by overlap-add.</summary>
    public static Tensor istft(Tensor input, long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true,
        bool normalized = false, bool? onesided = null, long length = -1, bool return_complex = false) =>
        Joining.istft.Call(input, n_fft, hop_length > 0 ? hop_length : n_fft / 4, win_length > 0 ? win_length : n_fft, window, center,
            normalized, onesided ?? true, length >= 0 ? (Argument)length : Argument.None, return_complex);

    public static class fft
    {
        private static readonly Operator s_rfft = new("fft_rfft");
        private static readonly Operator s_irfft = new("fft_irfft");

        public static Tensor rfft(Tensor input, long n = -1, long dim = -1) => s_rfft.Call(input, n > 0 ? (Argument)n : Argument.None, dim);

        public static Tensor irfft(Tensor input, long n = -1, long dim = -1) => s_irfft.Call(input, n > 0 ? (Argument)n : Argument.None, dim);
    }

    public static class linalg
    {
        private static readonly Operator s_eigh = new("linalg_eigh");

        /// <summary>Eigenvalues, ascending, and eigenvectors (as columns) of a symmetric matrix.</summary>
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => s_eigh.CallPair(input, UPLO.ToString());
    }

    public static class random
    {
        public static void manual_seed(long seed) => NativeMethods.Check(NativeMethods.vt_manual_seed(seed));
    }

    public static class cuda
    {
        public static bool is_available() => NativeMethods.vt_cuda_available() != 0;

        public static void synchronize(Device? device = null) => NativeMethods.Check(NativeMethods.vt_cuda_synchronize(device?.index ?? 0));
    }

    public static unsafe string __version__ => System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)NativeMethods.vt_version()) ?? "";

    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.vt_set_num_threads(num));

    public static int get_num_threads() => NativeMethods.vt_num_threads();
}
