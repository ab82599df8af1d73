using Google.Protobuf;
using VampNet.Core.Tokens;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Sources;

/// <summary>Everything that decides what a stage finds in audio. Two that are equal are answered alike.</summary>
/// <param name="Tenant">on whose behalf: what one tenant sent must not show in how fast another is answered</param>
/// <param name="Audio">SHA-256 of the bytes</param>
/// <param name="Config">how the stage is to read and prepare them; names no model</param>
/// <param name="Weights">of the stage</param>
internal sealed record EncodeCacheKey(string Tenant, Stage Stage, string Audio, IMessage Config, string Weights);

/// <summary>What a stage found in audio; never changed.</summary>
internal interface IEncodeCacheEntry
{
    /// <summary>What it was found with, which may be newer than what was asked for.</summary>
    string Weights { get; }

    /// <summary>Memory that it takes, about.</summary>
    long Bytes { get; }
}

/// <summary>What the codec made of audio.</summary>
/// <param name="Channels">(codebooks, frames) each</param>
internal sealed record EncodedTokens(EncodeHeader Header, IReadOnlyList<TokenGrid> Channels) : IEncodeCacheEntry
{
    public string Weights => Header.Sha256;

    public long Bytes => Channels.Sum(channel => (long)channel.Data.Length * sizeof(ushort));
}

/// <summary>What the beat tracker found in audio.</summary>
internal sealed record TrackedBeats(TrackResponse Response) : IEncodeCacheEntry
{
    public string Weights => WeightsOf(Response.Kind, Response.Sha256);

    public long Bytes => (long)(Response.Beats.Count + Response.Downbeats.Count + Response.Onsets.Count) * sizeof(double);

    /// <summary>A tracker without weights is known by its kind.</summary>
    public static string WeightsOf(TrackerKind kind, string sha256) => $"{kind} {sha256}";
}
