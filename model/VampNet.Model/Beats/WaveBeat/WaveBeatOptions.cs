using VampNet.Model.Checkpoints;

namespace VampNet.Model.Beats.WaveBeat;

/// <summary>Sizes of a WaveBeat network (Steinmetz and Reiss 2021, section 3); the defaults are the published ones.</summary>
public sealed record WaveBeatOptions
{
    private const int MostBlocks = 16, LongestHop = 1 << 16, WidestDilation = 1 << 12;

    public int Blocks { get; init; } = 8;

    /// <summary>Taps of the convolutions, odd.</summary>
    public int Kernel { get; init; } = 15;

    /// <summary>By which every block thins out time.</summary>
    public int Stride { get; init; } = 2;

    /// <summary>Dilation of a block against the one before; it starts again at 1 after <see cref="Stack"/> blocks.</summary>
    public int DilationGrowth { get; init; } = 8;

    public int Stack { get; init; } = 4;

    /// <summary>Channels out of the first block.</summary>
    public int Width { get; init; } = 32;

    /// <summary>Channels that every further block adds.</summary>
    public int WidthGrowth { get; init; } = 32;

    /// <summary>Whether convolutions are batch-normalised.</summary>
    public bool Normalised { get; init; } = true;

    /// <summary>Of the audio, in Hz.</summary>
    public int SampleRate { get; init; } = 22_050;

    /// <summary>Samples a frame of the output.</summary>
    public int Hop => (int)Math.Pow(Stride, Blocks);

    /// <summary>Output frames a second.</summary>
    public double FrameRate => (double)SampleRate / Hop;

    /// <summary>Channels into a block; mono before the first.</summary>
    public int Inputs(int block) => block == 0 ? 1 : Width + WidthGrowth * (block - 1);

    /// <summary>Channels out of a block.</summary>
    public int Outputs(int block) => Inputs(block + 1);

    public int Dilation(int block) => (int)Math.Pow(DilationGrowth, block % Stack);

    /// <summary>
    /// From the reference's constructor arguments, checked against the weights, so that nothing larger than the file is built.
    /// </summary>
    /// <exception cref="CheckpointException">one is missing, of the wrong type or unknown, or does not fit the weights</exception>
    public static WaveBeatOptions From(HyperParameters arguments, TensorTable weights)
    {
        var norm = arguments.GetText("norm_type", "");
        var options = new WaveBeatOptions
        {
            Blocks = arguments.GetInt("nblocks"),
            Kernel = arguments.GetInt("kernel_size"),
            Stride = arguments.GetInt("stride"),
            DilationGrowth = arguments.GetInt("dilation_growth"),
            Stack = arguments.GetInt("stack_size"),
            Width = arguments.GetInt("channel_width"),
            WidthGrowth = arguments.GetInt("channel_growth"),
            SampleRate = arguments.GetInt("audio_sample_rate", 22_050),
            Normalised = norm == "BatchNorm",
        };
        if (!options.IsSensible() || norm is not ("" or "BatchNorm") || arguments.GetText("act_type", "PReLU") != "PReLU"
            || arguments.GetInt("ninputs", 1) != 1 || arguments.GetInt("noutputs", 2) != 2)
            throw new CheckpointException(
                weights.Source, $"hyper-parameters make no WaveBeat that this program knows: {arguments.Json.GetRawText()}");
        for (var block = 0; block < options.Blocks; block++)
            weights.Get($"blocks.{block}.conv1.weight", options.Outputs(block), options.Inputs(block), options.Kernel);
        return options;
    }

    /// <summary>The same as the reference's constructor arguments.</summary>
    public IReadOnlyDictionary<string, object> ToArguments() => new Dictionary<string, object>
    {
        ["nblocks"] = Blocks,
        ["kernel_size"] = Kernel,
        ["stride"] = Stride,
        ["dilation_growth"] = DilationGrowth,
        ["stack_size"] = Stack,
        ["channel_width"] = Width,
        ["channel_growth"] = WidthGrowth,
        ["audio_sample_rate"] = SampleRate,
        ["norm_type"] = Normalised ? "BatchNorm" : "",
    };

    private bool IsSensible() =>
        this is
        {
            Blocks: > 0 and <= MostBlocks, Kernel: > 0, Stride: > 0, DilationGrowth: > 0, Stack: > 0, Width: > 0, WidthGrowth: >= 0,
            SampleRate: >= 1_000 and <= 384_000
        }
        && Kernel % 2 == 1 && Stride <= Kernel
        && Math.Pow(Stride, Blocks) <= LongestHop
        && Math.Pow(DilationGrowth, Math.Min(Stack, Blocks) - 1) <= WidestDilation;
}
