using Google.Protobuf;
using NAudio.Wave;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Audio.Processing;
using VampNet.Protos.Audio.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Services.Hosting.Mapping;

/// <summary>Audio bytes of a request, with what the request says about them.</summary>
public sealed class AudioInput
{
    private const string Field = "config.input";

    private readonly InputFormat _format;
    private readonly AudioLimits _limits;

    private AudioInput(InputFormat format, AudioLimits limits, long maxBytes) => (_format, _limits, MaxBytes) = (format, limits, maxBytes);

    /// <summary>Largest stream that can be within the limits.</summary>
    public long MaxBytes { get; }

    /// <summary>Checks the format of a request; what is wrong goes to <paramref name="checks"/>.</summary>
    public static AudioInput From(InputFormat? format, MeshLimits limits, RequestChecks checks)
    {
        format ??= new InputFormat();
        var audio = limits.Audio;
        checks.Require(Enum.IsDefined(format.Encoding), $"{Field}.encoding", $"{(int)format.Encoding} is unknown");
        var (from, to) = (format.FromSeconds, format.ToSeconds);
        checks.Require(double.IsFinite(from) && from >= 0, $"{Field}.from_seconds", $"is {from}, expected at least 0");
        checks.Require(to == 0 || (double.IsFinite(to) && to > from), $"{Field}.to_seconds", $"is {to}, expected above {from}, or 0");
        if (Pcm(format) is not { } pcm)
        {
            checks.Require(format.SampleRate == 0, $"{Field}.sample_rate", "a container says its own sample rate; leave it unset");
            checks.Require(format.Channels == 0, $"{Field}.channels", "a container says its own channels; leave it unset");
            return new AudioInput(format, audio, audio.MaxSpooledBytes);
        }
        checks.Require(!format.AllowDamaged, $"{Field}.allow_damaged", "raw samples cannot tell damage; leave it unset");
        var rateHolds = checks.Require(format.SampleRate >= audio.MinSampleRate && format.SampleRate <= audio.MaxSampleRate,
            $"{Field}.sample_rate", $"is {format.SampleRate} Hz, expected {audio.MinSampleRate} to {audio.MaxSampleRate} Hz");
        var channelsHold = checks.Require(
            format.Channels <= audio.MaxChannels, $"{Field}.channels", $"is {format.Channels}, expected 1 to {audio.MaxChannels}");
        var bytesASecond = rateHolds && channelsHold
            ? (double)format.SampleRate * Channels(format) * RawPcm.BytesPerSample(pcm)
            : 0;
        return new AudioInput(format, audio, (long)Math.Ceiling(Math.Min(bytesASecond * audio.MaxSeconds, audio.MaxSpooledBytes)));
    }

    /// <summary>The audio of the whole stream, as codecs expect it.</summary>
    /// <exception cref="InvalidAudioException">it cannot be used</exception>
    public PreparedAudio Prepare(SpoolStream bytes, PreparationOptions options, CancellationToken cancellationToken) =>
        Read(bytes, source => PreparedAudio.From(source, options, _limits, cancellationToken));

    /// <inheritdoc cref="Prepare"/>
    public Task<PreparedAudio> PrepareAsync(
        IAsyncEnumerable<ByteString> chunks, PreparationOptions options, CancellationToken cancellationToken) =>
        ReceiveAsync(chunks, bytes => Prepare(bytes, options, cancellationToken), cancellationToken);

    /// <summary>All channels of the whole stream, at its own rate.</summary>
    /// <inheritdoc cref="Prepare"/>
    public PcmSpool Spool(SpoolStream bytes, CancellationToken cancellationToken) =>
        Read(bytes, source => source.Spool(_limits, cancellationToken));

    /// <summary>The mean of the channels of the whole stream, at its own rate, and the damage that was allowed (null = none).</summary>
    /// <inheritdoc cref="Prepare"/>
    public Task<(PcmSpool Mono, string? Damage)> SpoolMonoAsync(
        IAsyncEnumerable<ByteString> chunks, CancellationToken cancellationToken) =>
        ReceiveAsync(
            chunks,
            bytes => Read(bytes, source => (source.SpoolMono(_limits, cancellationToken), AudioSection.DamageOf(source))),
            cancellationToken);

    /// <summary>
    /// The bytes go to disk because the decoder of audio files seeks in them, and are gone when <paramref name="read"/> has made samples
    /// of them. Those are on disk because the gain follows from the loudness of the whole (codec) or because they are read twice (beat
    /// tracker), and memory must not grow with the music.
    /// </summary>
    private async Task<T> ReceiveAsync<T>(
        IAsyncEnumerable<ByteString> chunks, Func<SpoolStream, T> read, CancellationToken cancellationToken)
    {
        using var bytes = await chunks.SpoolAsync(MaxBytes);
        return await Task.Run(() => read(bytes), cancellationToken);
    }

    private T Read<T>(SpoolStream bytes, Func<ISampleProvider, T> read)
    {
        if (Pcm(_format) is { } pcm)
            return read(Section(new RawPcmReader(bytes, pcm, (int)_format.SampleRate, Channels(_format), _limits)));
        using var file = new SoundFileReader(bytes, _limits, _format.AllowDamaged);
        return read(Section(file));
    }

    private ISampleProvider Section(ISampleProvider whole) =>
        _format is { FromSeconds: 0, ToSeconds: 0 } ? whole : new AudioSection(whole, _format.FromSeconds, _format.ToSeconds);

    /// <summary>Of raw samples; 0 means 1.</summary>
    private static int Channels(InputFormat format) => Math.Max(1, (int)format.Channels);

    private static PcmEncoding? Pcm(InputFormat format) => format.Encoding switch
    {
        InputEncoding.PcmF32Le => PcmEncoding.F32Le,
        InputEncoding.PcmS16Le => PcmEncoding.S16Le,
        _ => null,
    };
}
