using System.Buffers;
using NAudio.Wave;
using VampNet.Audio.Files;

namespace VampNet.Audio.Processing;

/// <summary>What the audio was like before it was prepared.</summary>
/// <param name="SampleRate">in Hz</param>
/// <param name="Channels">all of them</param>
/// <param name="Frames">samples per channel</param>
/// <param name="Loudness">integrated, of the mean of the channels that were taken, in LUFS</param>
public sealed record AudioSource(int SampleRate, int Channels, long Frames, double Loudness)
{
    public double Seconds => (double)Frames / SampleRate;

    /// <summary>The first damage that was met and allowed, in words; null = none.</summary>
    public string? Damage { get; init; }
}

/// <summary>
/// Audio as codecs expect it (paper 3.1): resampled, one channel or two, stretched and repeated on request, normalised
/// to -24 LUFS with its peak inside full scale. It lies on disk, so that audio of any length takes the memory of a few
/// pieces, and can be read anywhere.
/// <para>
/// Lengths are exact: n frames become floor(n · rate / source rate), at least 1; then round(that · stretch), halves
/// up; then times the repeats.
/// </para>
/// </summary>
public sealed class PreparedAudio : IDisposable
{
    private readonly PcmSpool _once;
    private readonly double _gain;
    private readonly int _repeat;

    private PreparedAudio(PcmSpool once, AudioSource source, AudioLevel level, int repeat)
    {
        (_once, Source, _repeat) = (once, source, repeat);
        GainDb = Preprocess.GainDb(level.Loudness, level.Peak);
        _gain = Preprocess.Factor(GainDb);
    }

    public AudioSource Source { get; }

    /// <summary>In Hz.</summary>
    public int SampleRate => _once.SampleRate;

    /// <summary>1, or 2 for left and right.</summary>
    public int Channels => _once.Channels;

    /// <summary>Samples per channel.</summary>
    public long Frames => _once.Frames * _repeat;

    /// <summary>What brought the audio to -24 LUFS, or its peak to 1 where that is less, in dB: the same in all channels.</summary>
    public double GainDb { get; }

    /// <summary>
    /// Integrated loudness of the mix up to each of <see cref="Loudness.OpeningSeconds"/>, or of all where it is shorter, without the gain,
    /// in LUFS.
    /// </summary>
    public IReadOnlyList<double> OpeningLoudness()
    {
        var ends = Loudness.OpeningSamples(SampleRate);
        var mix = new float[Math.Min(Frames, ends[^1])];
        var channel = new float[mix.Length];
        for (var c = 0; c < Channels; c++)
        {
            Read(c, 0, channel);
            // The gain would lift what lies below the gate into it, so it goes first.
            for (var i = 0; i < mix.Length; i++)
                mix[i] += (float)(channel[i] / _gain / Channels);
        }
        return [.. ends.Select(end => Loudness.Integrated(new AudioBuffer(mix[..Math.Min(end, mix.Length)], SampleRate)))];
    }

    /// <summary>Reads a source to its end and prepares it.</summary>
    /// <param name="limits">of the source; the result is at most as long</param>
    /// <exception cref="InvalidAudioException">the audio breaks a limit, has no samples, or one that is not finite or too large</exception>
    public static PreparedAudio From(
        ISampleProvider source, PreparationOptions options, AudioLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        Check(options);
        var once = new PcmSpool(options.SampleRate, ChannelMix.Count(options.Channels, source.WaveFormat.Channels));
        try
        {
            var frames = ReadTo(once, source, options, limits ?? AudioLimits.Default, cancellationToken);
            var level = AudioLevel.Of(once, cancellationToken);
            var described = new AudioSource(source.WaveFormat.SampleRate, source.WaveFormat.Channels, frames, level.Loudness)
            {
                Damage = AudioSection.DamageOf(source),
            };
            if (options.Stretch != 1 || options.PitchSemitones != 0)
            {
                var plain = once;
                using (plain)
                    once = Stretcher.Stretch(plain, options.Stretch, options.PitchSemitones, cancellationToken);
                level = AudioLevel.Of(once, cancellationToken);
            }
            return new PreparedAudio(once, described, level, options.Repeat);
        }
        catch
        {
            once.Dispose();
            throw;
        }
    }

    /// <summary>Samples of one channel from anywhere; silence where there are none.</summary>
    /// <param name="from">the first; negative = before the audio</param>
    public void Read(int channel, long from, Span<float> samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, Channels);
        var before = (int)Math.Clamp(-from, 0, samples.Length);
        samples[..before].Clear();
        samples = samples[before..];
        from += before;
        var audible = samples[..(int)Math.Clamp(Frames - from, 0, samples.Length)];
        samples[audible.Length..].Clear();
        using var rented = MemoryPool<float>.Shared.Rent(PcmSpool.PieceFrames * Channels);
        while (!audible.IsEmpty)
        {
            var start = from % _once.Frames;
            var count = (int)Math.Min(Math.Min(audible.Length, PcmSpool.PieceFrames), _once.Frames - start);
            var piece = rented.Memory.Span[..(count * Channels)];
            _once.Read(start, piece);
            for (var i = 0; i < count; i++)
                audible[i] = (float)(piece[i * Channels + channel] * _gain);
            audible = audible[count..];
            from += count;
        }
    }

    /// <summary>One whole channel, in memory.</summary>
    public float[] ReadAll(int channel = 0)
    {
        var samples = new float[Frames];
        Read(channel, 0, samples);
        return samples;
    }

    public void Dispose() => _once.Dispose();

    /// <summary>Writes the chosen channels at the new rate.</summary>
    /// <returns>frames of the source</returns>
    private static long ReadTo(
        PcmSpool spool, ISampleProvider source, PreparationOptions options, AudioLimits limits, CancellationToken cancellationToken)
    {
        var (rate, channels) = (source.WaveFormat.SampleRate, source.WaveFormat.Channels);
        using var resampler = rate == spool.SampleRate ? null : new Resampler(rate, spool.SampleRate, spool.Channels);
        var chosen = new float[PcmSpool.PieceFrames * spool.Channels];
        var converted = new ArrayBufferWriter<float>();
        long frames = 0;
        foreach (var piece in source.ReadPieces(limits))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = piece.Length / channels;
            frames += count;
            if (frames * options.Stretch * options.Repeat > limits.MaxSeconds * rate)
                throw new InvalidAudioException(
                    AudioProblem.TooLong,
                    $"audio is longer than the limit of {limits.MaxSeconds:0.###} seconds once stretched and repeated");
            var mixed = chosen.AsSpan(0, count * spool.Channels);
            ChannelMix.Reduce(piece.Span, channels, mixed, spool.Channels);
            SampleChecks.Within(float.MaxValue, mixed, rate, spool.Channels, frames - count);
            Append(mixed);
        }
        resampler?.Finish(converted);
        Append([]);
        spool.EndAt(Resampler.Length(frames, rate, spool.SampleRate));
        return frames;

        void Append(ReadOnlySpan<float> samples)
        {
            if (resampler is null)
            {
                spool.Append(samples);
                return;
            }
            resampler.Process(samples, converted);
            SampleChecks.Within(float.MaxValue, converted.WrittenSpan, spool.SampleRate, spool.Channels, spool.Frames);
            spool.Append(converted.WrittenSpan);
            converted.ResetWrittenCount();
        }
    }

    private static void Check(PreparationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Repeat, 1, nameof(options));
        if (options.Stretch is not (>= PreparationOptions.MinStretch and <= PreparationOptions.MaxStretch))
            throw new ArgumentOutOfRangeException(nameof(options), options.Stretch, "stretch is out of range");
        if (options.PitchSemitones is not (>= -PreparationOptions.MaxPitchSemitones and <= PreparationOptions.MaxPitchSemitones))
            throw new ArgumentOutOfRangeException(nameof(options), options.PitchSemitones, "pitch is out of range");
    }
}

/// <summary>How loud audio is.</summary>
/// <param name="Loudness">integrated, of the mean of its channels, in LUFS</param>
/// <param name="Peak">largest absolute sample of any channel</param>
internal readonly record struct AudioLevel(double Loudness, float Peak)
{
    public static AudioLevel Of(PcmSpool audio, CancellationToken cancellationToken)
    {
        var meter = new LoudnessMeter(audio.SampleRate);
        var mix = new float[PcmSpool.PieceFrames];
        var peak = 0f;
        foreach (var piece in audio.Pieces())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var mono = mix.AsSpan(0, piece.Length / audio.Channels);
            ChannelMix.Reduce(piece.Span, audio.Channels, mono, 1);
            meter.Add(mono);
            foreach (var sample in piece.Span)
                peak = Math.Max(peak, Math.Abs(sample));
        }
        return new AudioLevel(meter.Finish(), peak);
    }
}

/// <summary>What is made of audio before it is encoded.</summary>
/// <param name="SampleRate">of the codec, in Hz</param>
public sealed record PreparationOptions(int SampleRate)
{
    public const double MinStretch = 0.25;
    public const double MaxStretch = 4;
    public const double MaxPitchSemitones = 24;

    public ChannelLayout Channels { get; init; } = ChannelLayout.Mix;

    /// <summary>Length as a multiple of the source's, at the same pitch: <see cref="MinStretch"/> to <see cref="MaxStretch"/>.</summary>
    public double Stretch { get; init; } = 1;

    /// <summary>How much higher, at the same length: within ± <see cref="MaxPitchSemitones"/>.</summary>
    public double PitchSemitones { get; init; }

    /// <summary>The (stretched) audio this many times in a row, at least 1.</summary>
    public int Repeat { get; init; } = 1;
}
