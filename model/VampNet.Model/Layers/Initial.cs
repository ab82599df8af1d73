using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>Makes the parameters of layers: with what they hold before anything is learnt, or bare for weights to be loaded over.</summary>
internal static class Initial
{
    [ThreadStatic]
    private static Bare? s_bare;

    /// <summary>
    /// Until it is disposed, parameters made on this thread are memory of one type on one device, and nothing is written into it:
    /// random numbers for a large model take seconds, and float32 first takes twice the memory of bfloat16.
    /// </summary>
    public static IDisposable Skip(ScalarType type, Device device) => s_bare = new Bare(type, device, s_bare);

    /// <summary>Normally distributed around 0.</summary>
    public static Parameter Normal(double deviation, params long[] shape) => Make(shape, true, () => randn(shape).Scale(deviation));

    /// <summary>One number everywhere.</summary>
    public static Parameter Constant(double value, long[] shape, bool learns = true) => Make(shape, learns, () => zeros(shape).Plus(value));

    /// <summary>Values of one's own, copied.</summary>
    public static Parameter Values(Tensor values) => Make(values.shape, true, () => values.clone());

    /// <summary>Layer norm over the last dimension.</summary>
    public static LayerNorm LayerNorm(long channels)
    {
        var norm = nn.LayerNorm(channels, eps: 1e-6);
        TensorCount.Correct(parameters: 2);
        return norm;
    }

    private static Parameter Make(long[] shape, bool learns, Func<Tensor> values)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var parameter = nn.Parameter(s_bare is { } bare ? empty(shape, bare.Type, bare.Device) : values(), learns);
        TensorCount.Correct();
        return (Parameter)parameter.DetachFromDisposeScope(); // it is the module's
    }

    private sealed record Bare(ScalarType Type, Device Device, Bare? Outer) : IDisposable
    {
        public void Dispose() => s_bare = Outer;
    }
}

/// <summary>Moves modules.</summary>
internal static class ModuleExtensions
{
    /// <summary>Parameters and buffers on a device and of a type; parameters are other objects afterwards.</summary>
    public static void MoveTo(this nn.Module module, Device device, ScalarType type)
    {
        var before = module.parameters().ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        module.to(device, type);
        TensorCount.Correct(module.parameters().Count(parameter => !before.Contains(parameter)));
    }
}

/// <summary>Tensors that are alive in the process, for metrics and tests.</summary>
public static class TensorCount
{
    private static long s_tooMany;

    /// <summary>TorchSharp's own count has one too many for every parameter that was ever made: the tensor whose handle it took.</summary>
    public static long Alive => Tensor.TotalCount - Interlocked.Read(ref s_tooMany);

    internal static void Correct(int parameters = 1) => Interlocked.Add(ref s_tooMany, parameters);
}
