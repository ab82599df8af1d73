namespace TorchSharp.Modules
{
    /// <summary>A tensor that an optimiser learns.</summary>
    public class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : base(data.ReleaseHandle())
        {
            DetachFromDisposeScope();
            this.requires_grad = requires_grad;
        }
    }

    public static class GELU
    {
        public enum Approximate
        {
            none,
            tanh,
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
