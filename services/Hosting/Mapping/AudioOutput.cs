using Google.Protobuf;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Audio.Processing;
using VampNet.Protos.Audio.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Services.Hosting.Mapping;

/// <summary>How a request wants its audio written.</summary>
public sealed class AudioOutput
{
    private const string Field = "config.output";

    private readonly OutputFormat _format;

    private AudioOutput(OutputFormat format) => _format = format;

    /// <summary>Checks the format of a request; what is wrong goes to <paramref name="checks"/>.</summary>
    public static AudioOutput From(OutputFormat? format, MeshLimits limits, RequestChecks checks)
    {
        format = format?.Clone() ?? new OutputFormat();
        var audio = limits.Audio;
        checks.Require(Enum.IsDefined(format.Encoding), $"{Field}.encoding", $"{(int)format.Encoding} is unknown");
        checks.Require(format.SampleRate == 0 || (format.SampleRate >= audio.MinSampleRate && format.SampleRate <= audio.MaxSampleRate),
            $"{Field}.sample_rate", $"is {format.SampleRate} Hz, expected 0 or {audio.MinSampleRate} to {audio.MaxSampleRate} Hz");
        if (format.Encoding == OutputEncoding.Unspecified)
            format.Encoding = OutputEncoding.PcmF32Le;
        return new AudioOutput(format);
    }

    /// <summary>What the stream will hold; a caller that knows better may change the number of samples.</summary>
    /// <param name="sampleRate">The sample rate of the audio, in Hz.</param>
    /// <param name="channels">The channels of the audio and of the stream, at least 1.</param>
    /// <param name="frames">The samples per channel of the audio, at least 0.</param>
    public AudioHeader Header(int sampleRate, int channels, long frames)
    {
        var outputRate = _format.SampleRate == 0 ? sampleRate : (int)_format.SampleRate;
        return new AudioHeader
        {
            Encoding = _format.Encoding,
            SampleRate = (uint)outputRate,
            Channels = (uint)channels,
            Samples = (ulong)(outputRate == sampleRate ? frames : Resampler.Length(frames, sampleRate, outputRate)),
        };
    }

    /// <summary>Takes the audio of a header in pieces and sends its bytes.</summary>
    /// <param name="header">What the stream will hold.</param>
    /// <param name="sampleRate">The sample rate of the audio, in Hz.</param>
    /// <param name="send">Is called with one piece of the bytes after the other.</param>
    /// <exception cref="InvalidRequestException">the encoding cannot hold it</exception>
    public static AudioStreamWriter Open(AudioHeader header, int sampleRate, Func<ByteString, Task> send)
    {
        var shape = new AudioStreamShape(sampleRate, (int)header.SampleRate, (int)header.Channels, (long)header.Samples);
        try
        {
            return header.Encoding switch
            {
                OutputEncoding.PcmS16Le => AudioStreamWriter.Raw(PcmEncoding.S16Le, shape, SendAsync),
                OutputEncoding.WavS16 => AudioStreamWriter.File(AudioFormat.Wav16, shape, SendAsync),
                OutputEncoding.WavS24 => AudioStreamWriter.File(AudioFormat.Wav24, shape, SendAsync),
                OutputEncoding.WavF32 => AudioStreamWriter.File(AudioFormat.WavFloat, shape, SendAsync),
                OutputEncoding.Flac => AudioStreamWriter.File(AudioFormat.Flac, shape, SendAsync),
                OutputEncoding.OggVorbis => AudioStreamWriter.File(AudioFormat.OggVorbis, shape, SendAsync),
                _ => AudioStreamWriter.Raw(PcmEncoding.F32Le, shape, SendAsync),
            };
        }
        catch (ArgumentException error)
        {
            throw new InvalidRequestException($"{Field}.encoding", error);
        }

        Task SendAsync(ReadOnlyMemory<byte> bytes) => send(UnsafeByteOperations.UnsafeWrap(bytes));
    }
}
