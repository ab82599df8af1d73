using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>Sizes of a convolutional codec, under the reference's names in its files.</summary>
/// <param name="EncoderWidth">channels before the first downsampling; doubled by each</param>
/// <param name="EncoderRates">strides; their product is the hop</param>
/// <param name="DecoderWidth">channels after the latent; halved by each upsampling</param>
/// <param name="Latent">dimension of the space that is quantised</param>
public sealed record ConvolutionalCodecOptions(
    int EncoderWidth, int[] EncoderRates, int DecoderWidth, int[] DecoderRates, int Latent, int Codebooks)
{
    public int SampleRate { get; init; } = 44100;

    public int CodebookSize { get; init; } = 1024;

    public int CodebookDimension { get; init; } = 8;

    /// <summary>A codec with the proportions of the published ones (64, 1536 and 1024 wide) and their hop of 768.</summary>
    public static ConvolutionalCodecOptions OfWidth(int encoderWidth) =>
        new(encoderWidth, [2, 4, 8, 12], 24 * encoderWidth, [12, 8, 4, 2], 16 * encoderWidth, Codebooks: 14);

    public int Hop => EncoderRates.Aggregate(1, (product, rate) => product * rate);
}

/// <summary>
/// The codecs that the paper's models were trained on: strided residual convolutions with snake activations. Encoder and
/// quantiser are those of the Descript codec (Kumar et al. 2023); the two families differ in their decoder.
/// </summary>
public sealed class ConvolutionalCodec : CodecNetwork
{
    private readonly Sequence _encoder, _decoder;

    /// <param name="fusion">true: LAC, multi-receptive-field blocks in the decoder; false: DAC, residual units</param>
    public ConvolutionalCodec(ConvolutionalCodecOptions options, bool fusion)
        : base(nameof(ConvolutionalCodec), options.SampleRate, options.Hop,
        new ResidualQuantizer(options.Latent, options.Codebooks, options.CodebookSize, options.CodebookDimension, CodebookMetric.Cosine))
    {
        register_module("encoder", new NamedScope("block", _encoder = Encoder(options)));
        register_module("quantizer", Quantizer);
        register_module("decoder", new NamedScope("model", _decoder = Decoder(options, fusion)));
    }

    public override Encoding Encode(Tensor audio) => new(_encoder.forward(audio.unsqueeze(1)));

    public override Tensor Decode(Tensor z) => _decoder.forward(z).squeeze(1);

    /// <summary>Output of the first <paramref name="count"/> modules of the encoder, for comparison layer by layer.</summary>
    internal Tensor EncodePartly(Tensor audio, int count) => _encoder.RunThrough(audio.unsqueeze(1), count);

    /// <inheritdoc cref="EncodePartly"/>
    internal Tensor DecodePartly(Tensor z, int count) => _decoder.RunThrough(z, count);

    private static Sequence Encoder(ConvolutionalCodecOptions options)
    {
        var width = options.EncoderWidth;
        var modules = new List<nn.Module<Tensor, Tensor>> { new WeightNormConv1d(1, width, 7, padding: 3) };
        foreach (var rate in options.EncoderRates)
        {
            modules.Add(new EncoderBlock(width, rate));
            width *= 2;
        }
        modules.AddRange([new Snake(width), new WeightNormConv1d(width, options.Latent, 3, padding: 1)]);
        return new Sequence([.. modules]);
    }

    private static Sequence Decoder(ConvolutionalCodecOptions options, bool fusion)
    {
        var width = options.DecoderWidth;
        var modules = new List<nn.Module<Tensor, Tensor>> { new WeightNormConv1d(options.Latent, width, 7, padding: 3) };
        foreach (var rate in options.DecoderRates)
        {
            modules.Add(new DecoderBlock(width, rate, fusion));
            width /= 2;
        }
        modules.AddRange([new Snake(width), new WeightNormConv1d(width, 1, 7, padding: 3), nn.Tanh()]);
        return new Sequence([.. modules]);
    }
}

/// <summary>A sequence under the name <c>block</c>.</summary>
internal class Block : nn.Module<Tensor, Tensor>
{
    private readonly Sequence _block;

    public Block(params nn.Module<Tensor, Tensor>[] modules)
        : base(nameof(Block)) => register_module("block", _block = new Sequence(modules));

    public override Tensor forward(Tensor x) => _block.forward(x);

    /// <summary>Three residual units, each of which sees further than the one before.</summary>
    protected static ResidualUnit[] ResidualUnits(int channels) =>
        [new(channels, 7, 1, 1), new(channels, 7, 3, 1), new(channels, 7, 9, 1)];

    /// <summary>What it has is registered above, by another name than the field's.</summary>
    protected override void RegisterComponents()
    {
    }
}

/// <summary>Residual units, then a strided convolution: (batch, channels, time) to (batch, 2 · channels, time / stride).</summary>
internal sealed class EncoderBlock(int channels, int stride) : Block([
    .. ResidualUnits(channels), new Snake(channels),
    new WeightNormConv1d(channels, 2 * channels, 2 * stride, stride, padding: (stride + 1) / 2)]);

/// <summary>A transposed convolution, then what refines it: (batch, channels, time) to (batch, channels / 2, time · stride).</summary>
/// <param name="fusion">true: LAC, a multi-receptive-field block; false: DAC, residual units</param>
internal sealed class DecoderBlock(int channels, int stride, bool fusion) : Block([
    new Snake(channels), new WeightNormConvTranspose1d(channels, channels / 2, 2 * stride, stride, (stride + 1) / 2),
    .. fusion ? (nn.Module<Tensor, Tensor>[])[new FusionBlock(channels / 2)] : ResidualUnits(channels / 2)]);

/// <summary>Two convolutions, the first dilated, added to their input.</summary>
internal sealed class ResidualUnit : nn.Module<Tensor, Tensor>
{
    private const double Gain = 0.3; // a fresh unit changes little: many in a row would make a signal grow without bounds

    private readonly Sequence _layers;

    /// <param name="second">kernel of the second convolution</param>
    /// <param name="name">of the layers in state dicts</param>
    public ResidualUnit(int channels, int kernel, int dilation, int second, string name = "block")
        : base(nameof(ResidualUnit))
    {
        register_module(name, _layers = new Sequence(
            new Snake(channels),
            new WeightNormConv1d(channels, channels, kernel, padding: (kernel - 1) * dilation / 2, dilation: dilation, gain: Gain),
            new Snake(channels),
            new WeightNormConv1d(channels, channels, second, padding: (second - 1) / 2, gain: Gain)));
    }

    public override Tensor forward(Tensor x) => x.Plus(_layers.forward(x));

    /// <summary>What it has is registered above, by another name than the field's.</summary>
    protected override void RegisterComponents()
    {
    }
}

/// <summary>Multi-receptive-field fusion (HiFi-GAN, Kong et al. 2020): the mean of stacks with kernels 3, 7 and 11.</summary>
internal sealed class FusionBlock : nn.Module<Tensor, Tensor>
{
    private readonly Block[] _stacks;

    public FusionBlock(int channels)
        : base(nameof(FusionBlock))
    {
        int[] kernels = [3, 7, 11], dilations = [1, 3, 5];
        _stacks = [
            .. kernels.Select(kernel => new Block([.. dilations.Select(d => new ResidualUnit(channels, kernel, d, kernel, "layer"))]))];
        register_module("mrf_blocks", nn.ModuleList(_stacks));
    }

    public override Tensor forward(Tensor x)
    {
        var sum = _stacks[0].forward(x);
        foreach (var stack in _stacks.Skip(1))
            sum = sum.Plus(stack.forward(x));
        return sum.Over(_stacks.Length);
    }
}
