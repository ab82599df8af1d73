using NAudio.Wave;
using VampNet.Audio.Files.Structure;

namespace VampNet.Audio.Files;

/// <summary>
/// Samples of an audio file, decoded as they are read: of WAV, AIFF, CAF, FLAC, Ogg (Vorbis, Opus, FLAC), MP3 and whatever else libsndfile
/// reads. Samples are not checked here: <see cref="SampleProviderExtensions.ReadPieces"/> does that for every source.
/// <para>
/// Damage that the format can tell is an error. Where it is allowed, what is lost is silent, and the rest stays at its place in time.
/// </para>
/// </summary>
public sealed class SoundFileReader : ISampleProvider, IDisposable
{
    // Encoders of Vorbis and Opus count a little more than decoders give: at most a block.
    private const int Tolerance = 8_192;

    private readonly AudioStructure _structure;
    private readonly AudioLimits _limits;
    private readonly bool _allowDamaged;
    private AudioDamage? _damage;
    private IAudioDecoder? _decoder;
    private int _next; // part
    private long _position; // in frames, as are the following
    private long _origin; // of the time of the stream that is being read
    private long _silence, _skip;
    private long _decoded; // of this part

    /// <param name="stream">seekable, read from its start; left open</param>
    /// <param name="allowDamaged">keeps what can be decoded of a damaged file</param>
    /// <exception cref="InvalidAudioException">empty, not audio, damaged, or the format breaks a limit</exception>
    public SoundFileReader(Stream stream, AudioLimits? limits = null, bool allowDamaged = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (_limits, _allowDamaged) = (limits ?? AudioLimits.Default, allowDamaged);
        _structure = FileSignature.Structure(stream);
        try
        {
            if (_structure.Damage is { } damage)
                Lose(damage);
            if (!OpenNext())
                throw new InvalidAudioException(AudioProblem.Damaged, "nothing of the audio can be decoded");
            WaveFormat = WaveFormat.CreateIeeeFloatWaveFormat(_decoder!.SampleRate, _decoder.Channels);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public WaveFormat WaveFormat { get; }

    /// <summary>The first damage that was met up to now, in words; null = none.</summary>
    public string? Damage => _damage is null ? null : Words(_damage);

    /// <inheritdoc />
    /// <exception cref="InvalidAudioException">the file is damaged, or its sample rate or channels change</exception>
    public int Read(Span<float> buffer)
    {
        buffer = buffer[..(buffer.Length / WaveFormat.Channels * WaveFormat.Channels)];
        while (!buffer.IsEmpty)
        {
            if (_silence > 0)
            {
                var silent = (int)Math.Min(_silence, buffer.Length / WaveFormat.Channels);
                buffer[..(silent * WaveFormat.Channels)].Clear();
                (_silence, _position) = (_silence - silent, _position + silent);
                return silent * WaveFormat.Channels;
            }
            if (_decoder is null)
            {
                if (!OpenNext())
                    return 0;
                continue;
            }
            var frames = _decoder.Read(buffer) / WaveFormat.Channels;
            if (_decoder.Failure is { } failure)
                Lose(failure);
            if (frames == 0)
            {
                Close();
                continue;
            }
            _decoded += frames;
            var skipped = (int)Math.Min(_skip, frames);
            _skip -= skipped;
            if (skipped > 0)
                buffer[(skipped * WaveFormat.Channels)..(frames * WaveFormat.Channels)].CopyTo(buffer);
            _position += frames - skipped;
            if (frames > skipped)
                return (frames - skipped) * WaveFormat.Channels;
        }
        return 0;
    }

    public void Dispose()
    {
        _decoder?.Dispose();
        _structure.Dispose();
    }

    /// <summary>Opens the next part that can be opened, and finds its place in time.</summary>
    private bool OpenNext()
    {
        for (; _next < _structure.Parts.Count && _decoder is null; _next++)
        {
            var part = _structure.Parts[_next];
            try
            {
                _decoder = part.Open();
            }
            catch (InvalidAudioException error) when (_allowDamaged && _structure.Parts.Count > 1)
            {
                Lose(error.Message);
                continue;
            }
            CheckFormat(_decoder);
            _decoded = 0;
            var start = part.End - _decoder.Frames ?? part.Start;
            if (part.BeginsStream)
                _origin = _position - (part.Follows ? start ?? 0 : 0);
            var ahead = part.Follows || start is null ? 0 : _origin + start.Value - _position;
            (_silence, _skip) = (Math.Max(0, ahead), Math.Max(0, -ahead));
        }
        return _decoder is not null;
    }

    /// <summary>Ends a part: all that it said to hold must have come.</summary>
    private void Close()
    {
        if (_decoder!.Frames > _decoded + Tolerance)
            Lose($"{_decoder.Frames - _decoded} samples are missing");
        _decoder.Dispose();
        _decoder = null;
    }

    private void CheckFormat(IAudioDecoder decoder)
    {
        _limits.CheckFormat(decoder.SampleRate, decoder.Channels);
        if (WaveFormat is null)
            return;
        var where = $"at {(double)_position / WaveFormat.SampleRate:0.000} s";
        if (decoder.SampleRate != WaveFormat.SampleRate)
            throw new InvalidAudioException(
                AudioProblem.SampleRate,
                $"the sample rate changes {where}, from {WaveFormat.SampleRate} to {decoder.SampleRate} Hz");
        if (decoder.Channels != WaveFormat.Channels)
            throw new InvalidAudioException(
                AudioProblem.Channels, $"the channels change {where}, from {WaveFormat.Channels} to {decoder.Channels}");
    }

    private void Lose(string what) =>
        Lose(new AudioDamage(WaveFormat is null ? 0 : (double)_position / WaveFormat.SampleRate, what));

    private void Lose(AudioDamage damage)
    {
        if (!_allowDamaged)
            throw new InvalidAudioException(AudioProblem.Damaged, $"{Words(damage)}; allow_damaged keeps what can be decoded");
        _damage ??= damage;
    }

    private static string Words(AudioDamage damage) => $"audio is damaged at {damage.Seconds:0.000} s: {damage.What}";
}
