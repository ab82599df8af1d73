using VampNet.Model.Tokens;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Containers;

/// <summary>
/// What a .vamp file holds: the tokens that a prompt keeps of a song, and all that it takes to generate the rest again.
/// </summary>
/// <param name="Config">the effective settings; after reading, an explicit mask anywhere in the prompt has become the prompt</param>
/// <param name="Encoded">what the codec said of the song</param>
/// <param name="Model">of the weights: <see cref="ModelFingerprint"/></param>
/// <param name="Mask">of every channel</param>
/// <param name="Channels">1 or 2 grids; MASK where the mask hides, once read</param>
internal sealed record VampFile(VampConfig Config, EncodeHeader Encoded, byte[] Model, TokenMask Mask, IReadOnlyList<TokenGrid> Channels);
