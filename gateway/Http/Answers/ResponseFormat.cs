using Microsoft.Net.Http.Headers;
using VampNet.Protos.Audio.V1;

namespace VampNet.Gateway.Http.Answers;

/// <summary>What a client may ask for.</summary>
/// <param name="Name">what the parameter "format" calls it</param>
/// <param name="MediaTypes">what the header "Accept" calls it; the first is what the response says</param>
/// <param name="Encoding">of audio; unspecified = it is none by itself</param>
internal sealed record ResponseFormat(string Name, string[] MediaTypes, OutputEncoding Encoding = OutputEncoding.Unspecified)
{
    public static ResponseFormat Json { get; } = new("json", ["application/json"]);

    public static ResponseFormat Events { get; } = new("events", ["text/event-stream"]);

    public static ResponseFormat File { get; } = new("file", ["application/octet-stream"]);

    /// <summary>The usual one first.</summary>
    public static IReadOnlyList<ResponseFormat> Audio { get; } =
    [
        new("wav", ["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"], OutputEncoding.WavS16),
        new("wav24", ["audio/wav"], OutputEncoding.WavS24),
        new("wav32", ["audio/wav"], OutputEncoding.WavF32),
        new("flac", ["audio/flac", "audio/x-flac"], OutputEncoding.Flac),
        new("ogg", ["audio/ogg", "application/ogg"], OutputEncoding.OggVorbis),
        new("f32le", ["application/octet-stream"], OutputEncoding.PcmF32Le),
        new("s16le", ["application/octet-stream"], OutputEncoding.PcmS16Le),
    ];

    public string MediaType => MediaTypes[0];

    public bool IsAudio => Encoding != OutputEncoding.Unspecified;

    /// <summary>Whether a range of "Accept" has room for it.</summary>
    public bool IsWithin(MediaTypeHeaderValue range) => MediaTypes.Any(type => MediaTypeHeaderValue.Parse(type).IsSubsetOf(range));

    public static ResponseFormat Of(OutputEncoding encoding) => Audio.Single(format => format.Encoding == encoding);
}
