using TorchSharp.Utils;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>Sizes of a <see cref="SpectralCodec"/>.</summary>
/// <param name="Width">channels of the backbone and of the space that is quantised: the bands of the outline, a multiple of eight</param>
/// <param name="EncoderBlocks">ConvNeXt blocks before the quantiser</param>
/// <param name="DecoderBlocks">ConvNeXt blocks after it</param>
public sealed record SpectralCodecOptions(int Width = 192, int EncoderBlocks = 2, int DecoderBlocks = 5)
{
    /// <summary>Codebooks of the coarse model, which code the outline: a constant-Q spectrum.</summary>
    public int CoarseCodebooks { get; init; } = 4;

    /// <summary>Frames on either side that the first codebook averages over; each of the coarse ones after it half as many.</summary>
    public int Reach { get; init; } = 4;

    /// <summary>
    /// If not 0, the second codebook codes how so many broad bands go within <see cref="Reach"/> frames on either side, and averages
    /// nothing.
    /// </summary>
    public int CourseBands { get; init; }

    public int SampleRate { get; init; } = 44100;

    public int Hop { get; init; } = 768;

    /// <summary>Spectra of a frame: what is made has this many times the frame's resolution in time.</summary>
    public int Spectra { get; init; } = 2;

    /// <summary>Samples of the window of each, at least four times their hop.</summary>
    public int Window { get; init; } = 1536;

    /// <summary>Samples of the window for what is below <see cref="Crossover"/>, one a frame; a multiple of <see cref="Hop"/>.</summary>
    public int LowWindow { get; init; } = 6144;

    /// <summary>In Hz: below, notes lie too close together for <see cref="Window"/>.</summary>
    public int Crossover { get; init; } = 700;

    public int Codebooks { get; init; } = 14;

    public int CodebookSize { get; init; } = 1024;

    public int CodebookDimension { get; init; } = 16;
}

/// <summary>Magnitudes of a sound in two bands.</summary>
/// <param name="High">short windows, several a frame: (batch, spectra, bins). What lies below the crossover is not heard.</param>
/// <param name="Low">a long window a frame, bins up to the crossover: (batch, frames, bins)</param>
public sealed record SpectralMagnitudes(Tensor High, Tensor Low);

/// <summary>
/// A codec of magnitudes at the frame rate: spectra in, ConvNeXt blocks (Liu et al. 2022), residual quantiser, ConvNeXt blocks,
/// spectra out, and phases that fit them (<see cref="PhaseRecovery"/>). A CPU runs it faster than real time.
/// <para>
/// Phases turn from frame to frame in a way that a small generator cannot guess, and where it guesses wrong, sound cancels
/// itself; so no token has to say them. The coarse codebooks get an outline alone, a constant-Q spectrum (<see cref="ConstantQ"/>),
/// and code how it moves slowly: that is what a small generator can learn, and it says which notes there are. Nothing on the way
/// to them is learnt but the codebooks themselves, which are clusters of spectra (<see cref="QuantizerInitialization"/>).
/// </para>
/// <para>
/// The sound is put together of two bands: low notes need a long window to be told apart, and hits a short one to stay short.
/// </para>
/// </summary>
public sealed class SpectralCodec : CodecNetwork
{
    private const double Quiet = 1e-4; // magnitude of a bin that is silent, below that of 16-bit rounding
    private const int Segment = 32; // frames in which phases of tones are led from one place to the next

    private readonly SpectralCodecOptions _options;
    private readonly ConstantQ _outline;
    private readonly SpectralFrames _frames, _lowFrames;
    private readonly PhaseRecovery _phases, _lowPhases;
    private readonly Tensor _highShare, _lowShare; // (bins) of each band: what is heard of it, 0 to 1

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
        options.Width, options.Codebooks, options.CodebookSize, options.CodebookDimension, CodebookMetric.Euclidean, Views(options)))
    {
        using var scope = NewDisposeScope();
        _options = options;
        var width = options.Width;
        _outline = new ConstantQ(options.SampleRate, options.Hop, width / ConstantQ.Octaves);
        _frames = new SpectralFrames(options.Window, options.Hop / options.Spectra);
        _lowFrames = new SpectralFrames(options.LowWindow, options.Hop, LowBins(options));
        _detailInput = new Projection(BinsPerFrame(options), width);
        _detailEncoder = Blocks(width, options.EncoderBlocks);
        _decoder = Blocks(width, options.DecoderBlocks);
        _head = new Projection(width, BinsPerFrame(options));
        _phases = new PhaseRecovery(_frames, Segment * options.Spectra);
        _lowPhases = new PhaseRecovery(_lowFrames, Segment);
        _highShare = Above(_frames).DetachFromDisposeScope();
        _lowShare = Above(_lowFrames).Times(-1.0).Plus(1.0).DetachFromDisposeScope();
        RegisterComponents();

        // From 0 to 1 around the crossover, within a bin of the short window.
        Tensor Above(SpectralFrames frames)
        {
            var hertz = TensorArithmetic.Range(frames.Bins, float32).Times((double)options.SampleRate / frames.Size);
            return hertz.Minus(options.Crossover).Times((double)options.Window / options.SampleRate).Plus(0.5).AtLeast(0).AtMost(1.0);
        }
    }

    /// <summary>Samples of a window of <see cref="SpectralMagnitudes.High"/>.</summary>
    public int Window => _options.Window;

    /// <summary>Magnitudes that a frame is made of.</summary>
    public static int BinsPerFrame(SpectralCodecOptions options) => options.Spectra * (options.Window / 2 + 1) + LowBins(options);

    public override Encoding Encode(Tensor audio)
    {
        var outline = _outline.forward(audio); // (batch, frames, bands)
        var (high, low) = Magnitudes(audio);
        var detail = Loudness(cat([high.reshape(low.size(0), low.size(1), -1), low], 2)); // (batch, frames, bins per frame)
        return new Encoding(
            outline.transpose(1, 2),
            _detailEncoder.forward(_detailInput.forward(detail)).transpose(1, 2));
    }

    public override Tensor Decode(Tensor z) => Synthesize(DecodeMagnitudes(z));

    /// <returns>audio (batch, frames · hop)</returns>
    internal Tensor Synthesize(SpectralMagnitudes magnitudes) =>
        _phases.Synthesize(magnitudes.High * _highShare).Plus(_lowPhases.Synthesize(magnitudes.Low * _lowShare));

    /// <summary>What <see cref="DecodeMagnitudes"/> is to make.</summary>
    /// <param name="audio">(batch, frames · hop)</param>
    public SpectralMagnitudes Magnitudes(Tensor audio)
    {
        return new SpectralMagnitudes(Of(_frames), Of(_lowFrames));

        Tensor Of(SpectralFrames frames)
        {
            var (re, im) = frames.Analyze(audio);
            return re.Squared().Plus(im.Squared()).Plus(Quiet * Quiet).sqrt();
        }
    }

    /// <param name="z">(batch, dimension, frames)</param>
    public SpectralMagnitudes DecodeMagnitudes(Tensor z)
    {
        var loudness = _head.forward(_decoder.forward(z.transpose(1, 2))); // (batch, frames, bins per frame)
        var magnitudes = loudness.Over(0.3).Minus(1.0).AtMost(8.0).exp();
        var bins = _options.Spectra * _frames.Bins;
        var high = magnitudes.narrow(2, 0, bins).reshape(z.size(0), -1, _frames.Bins);
        return new SpectralMagnitudes(high, magnitudes.narrow(2, bins, _lowFrames.Bins));
    }

    private static int LowBins(SpectralCodecOptions options) =>
        (int)((options.Crossover + (double)options.SampleRate / options.Window) * options.LowWindow / options.SampleRate) + 1;

    /// <summary>About zero mean and unit variance on music at −24 LUFS.</summary>
    private static Tensor Loudness(Tensor magnitude) => magnitude.log().Plus(1.0).Times(0.3);

    private static OutlineView[] Views(SpectralCodecOptions options) =>
        [.. Enumerable.Range(0, options.CoarseCodebooks).Select(
            i => i == 1 && options.CourseBands > 0
                ? new OutlineView(options.Reach, options.CourseBands)
                : new OutlineView(options.Reach >> i))];

    private static Sequence Blocks(int width, int count) =>
        new([.. Enumerable.Range(0, count).Select(_ => new ConvNeXtBlock(width, 3 * width)), Initial.LayerNorm(width)]);
}
