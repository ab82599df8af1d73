using TorchSharp.Modules;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>Sizes of a <see cref="SpectralCodec"/>.</summary>
/// <param name="Width">channels of the backbone and of the space that is quantised</param>
/// <param name="EncoderBlocks">ConvNeXt blocks before the quantiser</param>
/// <param name="DecoderBlocks">ConvNeXt blocks after it</param>
/// <param name="PhaseBins">how many of the lowest bins show their phase to the encoder</param>
public sealed record SpectralCodecOptions(int Width = 192, int EncoderBlocks = 3, int DecoderBlocks = 5, int PhaseBins = 256)
{
    public int SampleRate { get; init; } = 44100;

    public int Hop { get; init; } = 768;

    /// <summary>Samples of one analysis window; a multiple of <see cref="Hop"/>.</summary>
    public int Window { get; init; } = 3072;

    public int Codebooks { get; init; } = 14;

    public int CodebookSize { get; init; } = 1024;

    public int CodebookDimension { get; init; } = 8;
}

/// <summary>
/// A codec that works at the frame rate throughout: spectrum in, ConvNeXt blocks, residual quantiser, ConvNeXt blocks,
/// magnitude and phase out, inverse transform (in the manner of Vocos, Siuzdak 2023). It has no strided convolutions, so
/// a CPU runs it far faster than real time.
/// </summary>
public sealed class SpectralCodec : CodecNetwork
{
    private readonly SpectralFrames _frames;
    private readonly SpectralCodecOptions _options;
    private readonly Projection _input, _head;
    private readonly Sequence _encoder, _decoder;

    public SpectralCodec(SpectralCodecOptions options)
        : base(nameof(SpectralCodec), options.SampleRate, options.Hop, new ResidualQuantizer(options.Width, options.Codebooks, options.CodebookSize, options.CodebookDimension, CodebookMetric.Euclidean))
    {
        _options = options;
        _frames = new SpectralFrames(options.Window, options.Hop);
        var width = options.Width;
        register_module("frames", _frames);
        register_module("input", _input = new Projection(_frames.Bins + 2 * options.PhaseBins, width));
        register_module("encoder", _encoder = Blocks(width, options.EncoderBlocks));
        register_module("quantizer", Quantizer);
        register_module("decoder", _decoder = Blocks(width, options.DecoderBlocks));
        register_module("head", _head = new Projection(width, 3 * _frames.Bins));
    }

    public override Tensor Encode(Tensor audio)
    {
        var (re, im) = _frames.Analyze(audio); // (batch, frames, bins) each
        var magnitude = (re.square() + im.square() + 1e-6).sqrt();
        var loudness = (magnitude.log() + 1) * 0.3; // about zero mean and unit variance on music at -24 LUFS
        var compress = magnitude.narrow(-1, 0, _options.PhaseBins).pow(-0.7); // |X|^0.3 keeps the phase of quiet bins visible
        var features = cat([loudness, re.narrow(-1, 0, _options.PhaseBins) * compress, im.narrow(-1, 0, _options.PhaseBins) * compress], -1);
        return _encoder.forward(_input.forward(features)).transpose(1, 2);
    }

    public override Tensor Decode(Tensor z)
    {
        var heads = _head.forward(_decoder.forward(z.transpose(1, 2))).chunk(3, -1); // (batch, frames, bins) each
        var magnitude = (heads[0] / 0.3 - 1).clamp_max(8).exp();
        var scale = magnitude / (heads[1].square() + heads[2].square() + 1e-8).sqrt(); // heads 1 and 2 point to the phase
        return _frames.Synthesize(heads[1] * scale, heads[2] * scale);
    }

    private static Sequence Blocks(int width, int count) =>
        new([.. Enumerable.Range(0, count).Select(_ => new ConvNeXtBlock(width, 3 * width)), new ChannelNorm(width)]);
}
