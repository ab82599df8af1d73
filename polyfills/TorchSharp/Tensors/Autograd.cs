using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_grad_enabled() => NativeMethods.vt_grad_mode() != 0;

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();

        public GradMode(bool enabled) => NativeMethods.vt_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => NativeMethods.vt_set_grad_mode(_before ? 1 : 0);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _guard = NativeMethods.Check(NativeMethods.vt_inference_mode_enter(enabled ? 1 : 0));

        public void Dispose()
        {
            var guard = Interlocked.Exchange(ref _guard, 0);
            if (guard != 0)
                NativeMethods.vt_inference_mode_leave(guard);
        }
    }

    public partial class Tensor
    {
        public bool requires_grad
        {
            get => NativeMethods.vt_requires_grad(Handle) != 0;
            set => NativeMethods.Check(NativeMethods.vt_set_requires_grad(Handle, value ? 1 : 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor? grad
        {
            get
            {
                var gradient = NativeMethods.vt_grad(Handle);
                return gradient == 0 ? null : new Tensor(gradient);
            }
            set
            {
                NativeMethods.Check(NativeMethods.vt_set_grad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(value);
            }
        }

        public void backward()
        {
            NativeMethods.Check(NativeMethods.vt_backward(Handle, 0));
            GC.KeepAlive(this);
        }
    }
}
