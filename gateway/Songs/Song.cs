using VampNet.Gateway.Containers;
using VampNet.Model.Beats;
using VampNet.Model.Tokens;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Songs;

/// <summary>A song as the codec and the beat tracker heard it.</summary>
/// <param name="Channels">(codebooks, frames) each: the mix, or left and right</param>
/// <param name="Source">what was sent</param>
/// <param name="SourceLength">samples of the song at the source's own rate</param>
/// <param name="GainDb">what brought the source to the loudness of the codec</param>
/// <param name="OpeningLoudness">of the first ten seconds of the source, in LUFS</param>
/// <param name="Rhythm">in the time of the song; null where the prompt does not need it</param>
/// <param name="Side">what goes around the vamped middle; null but for that policy</param>
internal sealed record Song(
    SongLayout Layout,
    IReadOnlyList<TokenGrid> Channels,
    SourceInfo Source,
    long SourceLength,
    double GainDb,
    double OpeningLoudness,
    Rhythm? Rhythm,
    SideSignal? Side) : IDisposable
{
    public int Codebooks => Channels[0].Codebooks;

    /// <summary>The song of a .vamp file.</summary>
    /// <exception cref="InvalidRequestException">the file contradicts itself</exception>
    public static Song From(VampFile file)
    {
        var config = file.Config;
        var layout = SongLayout.Create(file.Rate, file.Samples, config.ExtendBeforeSeconds, config.ExtendAfterSeconds, (int)config.Repeat);
        if (layout.Frames != file.Mask.Frames)
            throw new InvalidRequestException(VampFileFormat.Field, $"has {file.Mask.Frames} frames, but its settings make {layout.Frames}");
        return new Song(layout, file.Channels, file.Source, LengthAtSource(file.Source, layout, config.Stretch), file.GainDb, file.OpeningLoudness, Rhythm: null, Side: null);
    }

    /// <summary>What a .vamp file keeps of this song.</summary>
    /// <param name="config">effective</param>
    public VampFile ToFile(VampConfig config, byte[] model, TokenMask mask) =>
        new(config, Source, Layout.Rate, Layout.SourceSamples, GainDb, OpeningLoudness, model, mask, Channels);

    /// <summary>Samples of a song at the rate of its source: the source's own are counted, not converted.</summary>
    public static long LengthAtSource(SourceInfo source, SongLayout layout, double stretch) =>
        (long)Math.Round(source.Seconds * source.SampleRate * stretch) * layout.Repeat
        + (layout.Samples - layout.SourceSamples) * source.SampleRate / layout.Rate.SampleRate;

    public void Dispose() => Side?.Dispose();
}
