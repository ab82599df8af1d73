using TorchSharp.Modules;
using TorchSharp.Utils;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Beats.WaveBeat;

/// <summary>
/// WaveBeat (Steinmetz and Reiss 2021): waveform in, how much of a beat and of a downbeat every frame is out. Names of
/// parameters are those of the reference's state dict.
/// </summary>
internal sealed class WaveBeatNetwork : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "output")]
    private readonly Convolution _output;

    public WaveBeatNetwork(WaveBeatOptions options)
        : base(nameof(WaveBeatNetwork))
    {
        Options = options;
        Blocks = new ModuleList<DownsamplingBlock>([.. Enumerable.Range(0, options.Blocks).Select(i => new DownsamplingBlock(
            options.Inputs(i), options.Outputs(i), options.Kernel, options.Stride, options.Dilation(i), options.Normalised))]);
        _output = new Convolution(options.Outputs(options.Blocks - 1), outputs: 2, kernel: 1);
        RegisterComponents();
    }

    public WaveBeatOptions Options { get; }

    [field: ComponentName(Name = "blocks")]
    public ModuleList<DownsamplingBlock> Blocks { get; }

    /// <param name="audio">(batch, 1, samples), peak 1</param>
    /// <returns>(batch, 2, ⌈samples / hop⌉): logits of beat and downbeat</returns>
    public override Tensor forward(Tensor audio) => Head(Blocks.Aggregate(audio, (x, block) => block.forward(x)));

    /// <summary>What comes after the blocks.</summary>
    public Tensor Head(Tensor x) => _output.forward(x);
}

/// <summary>
/// One block of the downsampling temporal convolutional network (Steinmetz and Reiss 2021, figure 1): a strided,
/// dilated convolution, batch norm and PReLU, beside a 1x1 convolution of the same stride.
/// </summary>
internal sealed class DownsamplingBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")]
    private readonly Convolution _conv;

    [ComponentName(Name = "norm1")]
    private readonly BatchNorm? _norm;

    [ComponentName(Name = "act1")]
    private readonly PRelu _act;

    [ComponentName(Name = "res_conv")]
    private readonly Convolution _besides;

    [ComponentName(Name = "res_norm")]
    private readonly BatchNorm? _besidesNorm;

    public DownsamplingBlock(int inputs, int outputs, int kernel, int stride, int dilation, bool normalised)
        : base(nameof(DownsamplingBlock))
    {
        (Inputs, Outputs, Stride, Padding) = (inputs, outputs, stride, (kernel - 1) * dilation / 2);
        _conv = new Convolution(inputs, outputs, kernel, stride, dilation);
        _norm = normalised ? new BatchNorm(outputs) : null;
        _act = new PRelu(outputs);
        _besides = new Convolution(inputs, outputs, kernel: 1, stride);
        _besidesNorm = normalised ? new BatchNorm(outputs) : null;
        RegisterComponents();
    }

    public int Inputs { get; }

    public int Outputs { get; }

    public int Stride { get; }

    /// <summary>Zeros before the first sample, and after the last.</summary>
    public int Padding { get; }

    /// <param name="x">(batch, inputs, time)</param>
    /// <returns>(batch, outputs, ⌈time / stride⌉)</returns>
    public override Tensor forward(Tensor x) => OfPadded(nn.functional.pad(x, [Padding, Padding]));

    /// <summary>Outputs that a stretch of so many samples, padding included, is enough for.</summary>
    public long CountOf(long padded) => Math.Max(0, (padded - 2 * Padding + Stride - 1) / Stride);

    /// <param name="x">(batch, inputs, time), padding included; enough for one output at least</param>
    /// <returns>(batch, outputs, <see cref="CountOf"/>)</returns>
    public Tensor OfPadded(Tensor x)
    {
        var main = _conv.forward(x);
        if (_norm is not null)
            main = _norm.forward(main);
        var besides = _besides.forward(x.narrow(2, Padding, x.size(2) - 2 * Padding));
        return _act.forward(main).Plus(_besidesNorm?.forward(besides) ?? besides);
    }
}
