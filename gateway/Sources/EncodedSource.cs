using VampNet.Audio.Processing;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Gateway.Requests;
using VampNet.Protos.Audio.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Sources;

/// <summary>
/// A source as the codec and the beat tracker found it, laid out among the music that is to be invented around it. Levels are kept to a
/// hundredth of a decibel, as .vamp files keep them: a source that is rendered from its file sounds the same, to the bit.
/// </summary>
/// <param name="Channels">(codebooks, frames) each: the mix, or left and right</param>
/// <param name="Source">what was sent</param>
/// <param name="SourceLength">samples of the whole at the source's own rate</param>
/// <param name="GainDb">what brought the source to the loudness of the codec</param>
/// <param name="Opening">how loud the source begins</param>
/// <param name="Rhythm">in the time of the whole; null where the prompt does not need it</param>
/// <param name="Side">what goes around the vamped middle; null but for that policy</param>
/// <param name="Sound">the source itself; null where nothing of it is to be heard</param>
internal sealed record EncodedSource(
    SourceLayout Layout,
    IReadOnlyList<TokenGrid> Channels,
    SourceInfo Source,
    long SourceLength,
    double GainDb,
    OpeningLoudness Opening,
    Rhythm? Rhythm,
    SideSignal? Side,
    SourceSound? Sound) : IDisposable
{
    public int Codebooks => Channels[0].Codebooks;

    /// <summary>What is generated: what the prompt hides, and what the source does not give.</summary>
    /// <param name="seed">of the variation</param>
    /// <exception cref="InvalidRequestException">the prompt does not fit the source</exception>
    public TokenMask Mask(VampPlan plan, ulong seed) =>
        plan.Mask(new PromptScene(Codebooks, Layout.PromptFrames, Layout.Rate, seed, Rhythm))
            .StretchFrames(Layout.TokenStretch, Layout.Frames).Or(Layout.Invented(Codebooks));

    /// <summary>Samples of the whole at the rate of its source: the source's own are counted, not converted.</summary>
    public static long LengthAtSource(SourceInfo source, SourceLayout layout, double stretch) =>
        (long)Math.Round(source.Seconds * source.SampleRate * stretch) * layout.TokenStretch * layout.Repeat
        + (layout.Samples - layout.SourceSamples) * source.SampleRate / layout.Rate.SampleRate;

    public void Dispose()
    {
        Side?.Dispose();
        Sound?.Dispose();
    }
}

/// <summary>
/// Integrated loudness of a source from its start to each of <see cref="Loudness.OpeningSeconds"/>, in LUFS; as exact as a .vamp file keeps
/// it.
/// </summary>
internal sealed class OpeningLoudness
{
    /// <param name="all">of the whole opening</param>
    /// <param name="early">of its beginnings; none = as all</param>
    public OpeningLoudness(double all, IEnumerable<double> early)
    {
        All = Math.Round(all, 2);
        var tenths = early.Select(loudness => (int)Math.Round(10 * (loudness - All))).ToList();
        EarlyTenths = tenths.TrueForAll(difference => difference == 0) ? [] : tenths;
    }

    /// <summary>Of the whole opening.</summary>
    public double All { get; }

    /// <summary>Of its beginnings, as differences from <see cref="All"/> in tenths of a LU; none where there are none.</summary>
    public IReadOnlyList<int> EarlyTenths { get; }

    /// <param name="index">of one of <see cref="Loudness.OpeningSeconds"/></param>
    public double UpTo(int index) => index < EarlyTenths.Count ? All + EarlyTenths[index] / 10.0 : All;
}

/// <summary>Half the difference of the source's left and right, at its own loudness: what a mono mix leaves out.</summary>
/// <param name="stereo">the source, prepared as the codec prepares it; now owned by this</param>
internal sealed class SideSignal(PreparedAudio stereo) : IDisposable
{
    private readonly float _gain = (float)Preprocess.Factor(-stereo.GainDb);

    /// <param name="at">first sample at the codec's rate; silence before the source and after it</param>
    public float[] Read(long at, int count)
    {
        var (left, right) = (new float[count], new float[count]);
        stereo.Read(0, at, left);
        stereo.Read(1, at, right);
        for (var i = 0; i < count; i++)
            left[i] = (left[i] - right[i]) / 2 * _gain;
        return left;
    }

    public void Dispose() => stereo.Dispose();
}
