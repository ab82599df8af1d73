using System.Security.Cryptography;
using VampNet.Core.Tokens;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.VampFiles;

/// <summary>
/// What a .vamp file holds: the tokens that a prompt keeps of a source, and all that it takes to generate the rest again.
/// Loudness and gain are kept to a hundredth of a decibel.
/// </summary>
/// <param name="Config">the effective settings; after reading, an explicit mask anywhere in the prompt has become the prompt</param>
/// <param name="Source">what was sent</param>
/// <param name="Rate">of the codec</param>
/// <param name="Samples">of the source's part of the track, at the codec's rate</param>
/// <param name="GainDb">what brought the source to the loudness of the codec</param>
/// <param name="OpeningLoudness">of the first ten seconds of the source, in LUFS</param>
/// <param name="Model">of the weights: <see cref="ModelFingerprint"/></param>
/// <param name="Mask">of every channel</param>
/// <param name="Channels">1 or 2 grids of the whole track; MASK where the mask hides, once read</param>
internal sealed record VampFile(
    VampConfig Config,
    SourceInfo Source,
    FrameRate Rate,
    long Samples,
    double GainDb,
    double OpeningLoudness,
    byte[] Model,
    TokenMask Mask,
    IReadOnlyList<TokenGrid> Channels);

/// <summary>Which weights a .vamp file is for, in a few bytes.</summary>
internal static class ModelFingerprint
{
    public const int Length = 8;

    /// <summary>Of the SHA-256s of the three models, as the stages report them.</summary>
    /// <param name="codec">64 hexadecimal digits, and so the others</param>
    public static byte[] Of(string codec, string coarse, string fine) =>
        SHA256.HashData([.. Convert.FromHexString(codec), .. Convert.FromHexString(coarse), .. Convert.FromHexString(fine)])[..Length];
}
