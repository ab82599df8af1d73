namespace VampNet.Gateway.Songs.Listening;

/// <summary>What the gateway remembers of audio that it has heard (configuration section "EncodeCache").</summary>
public sealed class EncodeCacheOptions
{
    public const string Section = "EncodeCache";

    /// <summary>Most bytes of tokens and beats; 0 = remember nothing. Ten minutes of music are about a million bytes a channel.</summary>
    public long MaxBytes { get; set; } = 64 << 20;
}
