using TorchSharp.Modules;
using TorchSharp.Utils;
using VampNet.Core.Prompts;
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
