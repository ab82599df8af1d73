using TorchSharp.Utils;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>Sizes of a <see cref="SpectralCodec"/>.</summary>
/// <param name="Width">channels of the backbone and of the space that is quantised</param>
/// <param name="EncoderBlocks">ConvNeXt blocks before the quantiser, for the outline and as many for the detail</param>
/// <param name="DecoderBlocks">ConvNeXt blocks after it</param>
public sealed record SpectralCodecOptions(int Width = 192, int EncoderBlocks = 2, int DecoderBlocks = 5)
{
    /// <summary>Codebooks of the coarse model, which code an outline and how it moves slowly.</summary>
    public int CoarseCodebooks { get; init; } = 4;

    /// <summary>Frames on either side that the first codebook averages over; each of the coarse ones after it half as many.</summary>
    public int Reach { get; init; } = 8;

    public int SampleRate { get; init; } = 44100;

    public int Hop { get; init; } = 768;

    /// <summary>Spectra of a frame: what is made has this many times the frame's resolution in time.</summary>
    public int Spectra { get; init; } = 2;

    /// <summary>Samples of the window of each, at least four times their hop.</summary>
    public int Window { get; init; } = 1536;

    /// <summary>Samples of a window of the outline, long enough to tell low notes apart; a multiple of <see cref="Hop"/>.</summary>
    public int OutlineWindow { get; init; } = 3072;

    public int Codebooks { get; init; } = 14;

    public int CodebookSize { get; init; } = 1024;

    public int CodebookDimension { get; init; } = 8;
}

/// <summary>
/// A codec of magnitudes at the frame rate: spectra in, ConvNeXt blocks (Liu et al. 2022), residual quantiser, ConvNeXt blocks,
/// spectra out, and phases that fit them (<see cref="PhaseRecovery"/>). A CPU runs it faster than real time.
/// <para>
/// Phases turn from frame to frame in a way that a small generator cannot guess, and where it guesses wrong, sound cancels
/// itself; so no token has to say them. The coarse codebooks get an outline alone, seen through a long window, and code how it
/// moves slowly: that is what a small generator can learn.
/// </para>
/// </summary>
public sealed class SpectralCodec : CodecNetwork
{
    private const double Quiet = 1e-4; // magnitude of a bin that is silent, below that of 16-bit rounding
    private readonly SpectralCodecOptions _options;
    private readonly SpectralFrames _outlineFrames, _frames;
    private readonly PhaseRecovery _phases;

    [ComponentName(Name = "outline_input")]
    private readonly Projection _outlineInput;

    [ComponentName(Name = "outline_encoder")]
    private readonly Sequence _outlineEncoder;

    [ComponentName(Name = "detail_input")]
    private readonly Projection _detailInput;

    [ComponentName(Name = "detail_encoder")]
    private readonly Sequence _detailEncoder;

    [ComponentName(Name = "decoder")]
    private readonly Sequence _decoder;

    [ComponentName(Name = "head")]
    private readonly Projection _head;

    public SpectralCodec(SpectralCodecOptions options)
        : base(nameof(SpectralCodec), options.SampleRate, options.Hop,
        new ResidualQuantizer(
            options.Width, options.Codebooks, options.CodebookSize, options.CodebookDimension, CodebookMetric.Euclidean, Reaches(options)))
    {
        _options = options;
        var width = options.Width;
        _outlineFrames = new SpectralFrames(options.OutlineWindow, options.Hop);
        _outlineInput = new Projection(_outlineFrames.Bins, width);
        _outlineEncoder = Blocks(width, options.EncoderBlocks);
        _frames = new SpectralFrames(options.Window, options.Hop / options.Spectra);
        _detailInput = new Projection(options.Spectra * _frames.Bins, width);
        _detailEncoder = Blocks(width, options.EncoderBlocks);
        _decoder = Blocks(width, options.DecoderBlocks);
        _head = new Projection(width, options.Spectra * _frames.Bins);
        _phases = new PhaseRecovery(_frames);
        RegisterComponents();
    }

    /// <summary>Samples of a window of <see cref="Magnitudes"/>.</summary>
    public int Window => _options.Window;

    public override Encoding Encode(Tensor audio)
    {
        var outline = Loudness(Magnitudes(_outlineFrames, audio)); // (batch, frames, bins)
        var spectra = Loudness(Magnitudes(audio)); // (batch, spectra, bins)
        var detail = spectra.reshape(spectra.size(0), -1, _options.Spectra * _frames.Bins); // (batch, frames, spectra of a frame · bins)
        return new Encoding(
            _outlineEncoder.forward(_outlineInput.forward(outline)).transpose(1, 2),
            _detailEncoder.forward(_detailInput.forward(detail)).transpose(1, 2));
    }

    public override Tensor Decode(Tensor z) => _phases.Synthesize(DecodeMagnitudes(z));

    /// <summary>What <see cref="DecodeMagnitudes"/> is to make.</summary>
    /// <param name="audio">(batch, frames · hop)</param>
    /// <returns>(batch, spectra, bins)</returns>
    public Tensor Magnitudes(Tensor audio) => Magnitudes(_frames, audio);

    /// <param name="z">(batch, dimension, frames)</param>
    /// <returns>(batch, spectra, bins)</returns>
    public Tensor DecodeMagnitudes(Tensor z)
    {
        var loudness = _head.forward(_decoder.forward(z.transpose(1, 2))); // (batch, frames, spectra of a frame · bins)
        return loudness.Over(0.3).Minus(1.0).AtMost(8.0).exp().reshape(z.size(0), -1, _frames.Bins);
    }

    private static Tensor Magnitudes(SpectralFrames frames, Tensor audio)
    {
        var (re, im) = frames.Analyze(audio);
        return re.Squared().Plus(im.Squared()).Plus(Quiet * Quiet).sqrt();
    }

    /// <summary>About zero mean and unit variance on music at −24 LUFS.</summary>
    private static Tensor Loudness(Tensor magnitude) => magnitude.log().Plus(1.0).Times(0.3);

    private static int[] Reaches(SpectralCodecOptions options) =>
        [.. Enumerable.Range(0, options.CoarseCodebooks).Select(i => options.Reach >> i)];

    private static Sequence Blocks(int width, int count) =>
        new([.. Enumerable.Range(0, count).Select(_ => new ConvNeXtBlock(width, 3 * width)), Initial.LayerNorm(width)]);
}
