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

    /// <summary>The header and the bytes to send.</summary>
    public (AudioHeader Header, byte[] Bytes) Encode(AudioBuffer audio)
    {
        if (_format.SampleRate != 0)
            audio = Resampler.Resample(audio, (int)_format.SampleRate);
        var header = new AudioHeader
        {
            Encoding = _format.Encoding,
            SampleRate = (uint)audio.SampleRate,
            Channels = (uint)audio.Channels,
            Samples = (ulong)audio.Frames,
        };
        return (header, _format.Encoding switch
        {
            OutputEncoding.PcmS16Le => RawPcm.Encode(audio.Samples, PcmEncoding.S16Le),
            OutputEncoding.WavS16 => AudioFile.Encode(audio, AudioFormat.Wav16),
            OutputEncoding.WavS24 => AudioFile.Encode(audio, AudioFormat.Wav24),
            OutputEncoding.WavF32 => AudioFile.Encode(audio, AudioFormat.WavFloat),
            OutputEncoding.Flac => AudioFile.Encode(audio, AudioFormat.Flac),
            _ => RawPcm.Encode(audio.Samples, PcmEncoding.F32Le),
        });
    }
}
