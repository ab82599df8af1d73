using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>
/// A weight held as direction and length, W = g·v/‖v‖ with the norm over all but the first dimension (Salimans and
/// Kingma 2016). Outside training W is computed once and kept.
/// </summary>
internal abstract class WeightNormModule : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight_g")]
    private readonly Parameter _g;

    [ComponentName(Name = "weight_v")]
    private readonly Parameter _v;

    private Tensor? _folded;

    /// <param name="weightShape">shape of W; for a transposed convolution the first dimension is the input channel</param>
    /// <param name="gain">of the initial weights: 1 keeps the variance of what comes in</param>
    protected WeightNormModule(string name, long[] weightShape, long outputs, double gain = 1)
        : base(name)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var fanIn = weightShape[1..].Aggregate(1L, (product, n) => product * n);
        Bias = Initial.Constant(0, [outputs]);
        _v = Initial.Normal(gain / Math.Sqrt(fanIn), weightShape);
        _g = Initial.Values(Norm(_v));
        RegisterComponents();
    }

    [field: ComponentName(Name = "bias")]
    protected Parameter Bias { get; }

    /// <summary>W, ready to use.</summary>
    protected Tensor Weight
    {
        get
        {
            if (training)
                return Fold();
            if (_folded is null)
            {
                using var frozen = no_grad();
                _folded = Fold().DetachFromDisposeScope();
            }
            return _folded;
        }
    }

    /// <summary>Replaces weight and bias.</summary>
    internal void Set(Tensor weight, Tensor bias)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _v.copy_(weight);
        _g.copy_(Norm(_v));
        Bias.copy_(bias);
        Forget();
    }

    public override void train(bool train = true)
    {
        base.train(train);
        Forget();
    }

    protected override void Dispose(bool disposing)
    {
        Forget();
        base.Dispose(disposing);
    }

    private static Tensor Norm(Tensor v) => v.flatten(1).norm(1).view([v.size(0), .. Enumerable.Repeat(1L, (int)v.Dimensions - 1)]);

    private Tensor Fold() => _v * (_g / Norm(_v));

    private void Forget()
    {
        _folded?.Dispose();
        _folded = null;
    }
}

/// <summary>Weight-normed 1-d convolution: (batch, in, time) to (batch, out, time').</summary>
internal sealed class WeightNormConv1d(
    int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int dilation = 1, double gain = 1)
    : WeightNormModule(nameof(WeightNormConv1d), [outputs, inputs, kernel], outputs, gain)
{
    public override Tensor forward(Tensor x) => nn.functional.conv1d(x, Weight, Bias, stride, padding, dilation);

    /// <summary>
    /// What a kernel of one tap does to rows, one a time step: every <paramref name="every"/>-th output from
    /// <paramref name="first"/> on. A matrix product: no row depends on the others, while a convolution chooses its
    /// algorithm by how many there are, and rounds accordingly.
    /// </summary>
    /// <param name="x">(rows, in)</param>
    /// <returns>(rows, out / every)</returns>
    public Tensor LinearRows(Tensor x, MatrixProducts products, long first = 0, long every = 1) =>
        products.Linear(x, Weight.view(-1, every, x.size(-1)).select(1, first), Bias.view(-1, every).select(1, first));
}

/// <summary>Weight-normed transposed 1-d convolution: (batch, in, time) to (batch, out, time · stride).</summary>
internal sealed class WeightNormConvTranspose1d(int inputs, int outputs, int kernel, int stride, int padding)
    : WeightNormModule(nameof(WeightNormConvTranspose1d), [inputs, outputs, kernel], outputs)
{
    public override Tensor forward(Tensor x) => nn.functional.conv_transpose1d(x, Weight, Bias, stride, padding);
}

/// <summary>
/// Weight-normed 2-d convolution: (batch, in, rows, columns) to (batch, out, rows', columns'). It starts small, as
/// PyTorch's do, so that a stack of them has no opinion yet.
/// </summary>
internal sealed class WeightNormConv2d(int inputs, int outputs, (int Rows, int Columns) kernel, (int Rows, int Columns) stride)
    : WeightNormModule(nameof(WeightNormConv2d), [outputs, inputs, kernel.Rows, kernel.Columns], outputs, gain: 1 / Math.Sqrt(3))
{
    public override Tensor forward(Tensor x) =>
        nn.functional.conv2d(x, Weight, Bias, [stride.Rows, stride.Columns], [kernel.Rows / 2, kernel.Columns / 2]);
}
