using System.Buffers;
using VampNet.Audio.Files;

namespace VampNet.Audio.Processing;

/// <summary>What is written to an <see cref="AudioStreamWriter"/>, and what comes out of it.</summary>
/// <param name="InputRate">of the samples that are written, in Hz</param>
/// <param name="OutputRate">of what comes out, in Hz</param>
/// <param name="Frames">samples per channel that come out: exactly so many, whatever is written</param>
public sealed record AudioStreamShape(int InputRate, int OutputRate, int Channels, long Frames);

/// <summary>Changes samples on their way into a stream.</summary>
/// <param name="from">the first frame, from the start of the stream</param>
/// <param name="samples">interleaved whole frames at the rate of the stream</param>
public delegate void SampleEdit(long from, Span<float> samples);

/// <summary>
/// Turns samples that come in pieces into the bytes of an audio stream, with the memory of a piece. Clips at full
/// scale; cuts the end off, or fills it with silence, to the promised length. The bytes are those that
/// <see cref="AudioFile.Encode"/> or <see cref="RawPcm.Encode"/> make of the whole, but for the header of FLAC.
/// </summary>
public abstract class AudioStreamWriter : IDisposable
{
    private const int PieceFrames = 16_384;

    private readonly Resampler? _resampler;
    private readonly ArrayBufferWriter<float> _converted = new();
    private readonly float[] _piece;
    private long _framesLeft;

    private protected AudioStreamWriter(AudioStreamShape shape, Func<ReadOnlyMemory<byte>, Task> send)
    {
        (Shape, Send, _framesLeft) = (shape, send, shape.Frames);
        _piece = new float[PieceFrames * shape.Channels];
        _resampler = shape.InputRate == shape.OutputRate ? null : new Resampler(shape.InputRate, shape.OutputRate, shape.Channels);
    }

    /// <summary>Changes every piece at the output's rate before it is clipped and encoded; null = nothing.</summary>
    public SampleEdit? Edit { get; set; }

    private protected AudioStreamShape Shape { get; }

    /// <summary>Takes bytes away; they are not touched again.</summary>
    private protected Func<ReadOnlyMemory<byte>, Task> Send { get; }

    /// <summary>Samples without a header; they go out as they come.</summary>
    /// <param name="send">called with chunks of up to 64 KiB, one after the other; they are not touched again</param>
    public static AudioStreamWriter Raw(PcmEncoding encoding, AudioStreamShape shape, Func<ReadOnlyMemory<byte>, Task> send) =>
        new PcmStreamWriter(encoding, [], 0, shape, send);

    /// <summary>
    /// An audio file. WAV, FLAC and OGG go out as the samples come; other formats at the end, from disk until then. FLAC lacks what is
    /// known at the end only: the MD5 of its samples, and the sizes of its frames.
    /// </summary>
    /// <inheritdoc cref="Raw"/>
    /// <exception cref="ArgumentException">the format cannot hold this sample rate, channel count or length</exception>
    public static AudioStreamWriter File(AudioFormat format, AudioStreamShape shape, Func<ReadOnlyMemory<byte>, Task> send)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (WavHeader.Encoding(format) is not { } encoding)
            return new FileStreamWriter(format, shape, send);
        var header = WavHeader.Create(encoding, shape.OutputRate, shape.Channels, shape.Frames);
        return new PcmStreamWriter(encoding, header, WavHeader.Padding(encoding, shape.Channels, shape.Frames), shape, send);
    }

    /// <param name="samples">interleaved whole frames</param>
    public async Task WriteAsync(ReadOnlyMemory<float> samples)
    {
        if (_resampler is null)
        {
            await PassAsync(samples);
            return;
        }
        for (; !samples.IsEmpty; samples = samples[Math.Min(samples.Length, _piece.Length)..])
        {
            _resampler.Process(samples.Span[..Math.Min(samples.Length, _piece.Length)], _converted);
            await PassConvertedAsync();
        }
    }

    /// <summary>Ends the stream; everything is sent then.</summary>
    public async Task FinishAsync()
    {
        _resampler?.Finish(_converted);
        await PassConvertedAsync();
        while (_framesLeft > 0)
            await PassAsync(new float[_piece.Length]);
        await EndAsync();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <param name="samples">interleaved whole frames within full scale</param>
    private protected abstract Task EncodeAsync(ReadOnlyMemory<float> samples);

    private protected abstract Task EndAsync();

    private protected virtual void Dispose(bool disposing) => _resampler?.Dispose();

    private async Task PassConvertedAsync()
    {
        await PassAsync(_converted.WrittenMemory);
        _converted.ResetWrittenCount();
    }

    /// <summary>Edits, clips and encodes, up to the promised length.</summary>
    private async Task PassAsync(ReadOnlyMemory<float> samples)
    {
        while (!samples.IsEmpty && _framesLeft > 0)
        {
            var count = (int)Math.Min(Math.Min(samples.Length, _piece.Length), _framesLeft * Shape.Channels);
            samples[..count].CopyTo(_piece);
            Edit?.Invoke(Shape.Frames - _framesLeft, _piece.AsSpan(0, count));
            Clip(_piece.AsSpan(0, count));
            await EncodeAsync(_piece.AsMemory(0, count));
            _framesLeft -= count / Shape.Channels;
            samples = samples[count..];
        }
    }

    private static void Clip(Span<float> samples)
    {
        foreach (ref var sample in samples)
            sample = Math.Clamp(sample, -1, 1);
    }
}

/// <summary>Uncompressed samples, between a header and padding where they make a WAV file.</summary>
internal sealed class PcmStreamWriter(
    PcmEncoding encoding, byte[] header, int padding, AudioStreamShape shape, Func<ReadOnlyMemory<byte>, Task> send)
    : AudioStreamWriter(shape, send)
{
    private const int ChunkBytes = 64 << 10;

    private byte[] _unsentHeader = header;

    private protected override async Task EncodeAsync(ReadOnlyMemory<float> samples)
    {
        await SendHeaderAsync();
        var chunk = ChunkBytes / RawPcm.BytesPerSample(encoding);
        for (var at = 0; at < samples.Length; at += chunk)
            await Send(RawPcm.Encode(samples.Span[at..Math.Min(at + chunk, samples.Length)], encoding));
    }

    private protected override async Task EndAsync()
    {
        await SendHeaderAsync();
        if (padding > 0)
            await Send(new byte[padding]);
    }

    private async Task SendHeaderAsync()
    {
        if (_unsentHeader.Length > 0)
            await Send(_unsentHeader);
        _unsentHeader = [];
    }
}
