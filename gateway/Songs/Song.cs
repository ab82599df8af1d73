using VampNet.Model.Beats;
using VampNet.Model.Tokens;
using VampNet.Protos.Audio.V1;

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

    public void Dispose() => Side?.Dispose();
}
