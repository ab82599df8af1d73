using System.Buffers;
using System.Runtime.InteropServices;
using VampNet.Audio.Interop;

namespace VampNet.Audio.Processing;

/// <summary>Band-limited sample-rate conversion by libsoxr (high quality, linear phase), whole or chunk by chunk.</summary>
public sealed class Resampler : IDisposable
{
    private const int SliceFrames = 16_384;

    private readonly Soxr.Handle _soxr;
    private readonly int _channels;

    /// <param name="inputRate">in Hz</param>
    /// <param name="outputRate">in Hz</param>
    public Resampler(int inputRate, int outputRate, int channels = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        _channels = channels;
        _soxr = Soxr.Create(inputRate, outputRate, (uint)channels, out var error, 0, Soxr.QualitySpec(Soxr.HighQuality, 0), 0);
        ThrowOn(error);
    }

    /// <summary>
    /// Number of frames at another rate: floor(frames · rate / old rate), at least one. The filter's own count may differ by one.
    /// </summary>
    public static long Length(long frames, int inputRate, int outputRate) => Math.Max(1, (long)((Int128)frames * outputRate / inputRate));

    /// <summary>The whole of some audio at another rate: <see cref="Length"/> frames.</summary>
    public static AudioBuffer Resample(AudioBuffer audio, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(audio);
        if (audio.SampleRate == sampleRate)
            return audio;
        using var resampler = new Resampler(audio.SampleRate, sampleRate, audio.Channels);
        var output = new ArrayBufferWriter<float>();
        resampler.Process(audio.Samples, output);
        resampler.Finish(output);
        var samples = new float[Length(audio.Frames, audio.SampleRate, sampleRate) * audio.Channels];
        output.WrittenSpan[..Math.Min(output.WrittenCount, samples.Length)].CopyTo(samples);
        return new AudioBuffer(samples, sampleRate, audio.Channels);
    }

    /// <summary>Takes a chunk in and writes out what is ready; the filter holds some milliseconds back.</summary>
    /// <param name="input">interleaved whole frames</param>
    public unsafe void Process(ReadOnlySpan<float> input, IBufferWriter<float> output)
    {
        while (!input.IsEmpty)
        {
            var slice = input[..Math.Min(input.Length, SliceFrames * _channels)];
            fixed (float* samples = slice)
                input = input[((int)Convert(samples, slice.Length / _channels, output) * _channels)..];
        }
    }

    /// <summary>Ends the stream and writes out what the filter still holds.</summary>
    public unsafe void Finish(IBufferWriter<float> output) => Convert(null, 0, output);

    public void Dispose() => _soxr.Dispose();

    /// <summary>Converts until the output runs dry; returns the frames taken in.</summary>
    private unsafe nuint Convert(float* input, int frames, IBufferWriter<float> output)
    {
        nuint taken = 0;
        while (true)
        {
            var room = output.GetSpan(SliceFrames * _channels);
            var capacity = room.Length / _channels;
            nuint done, produced;
            fixed (float* samples = room)
            {
                var rest = input is null ? null : input + taken * (nuint)_channels;
                ThrowOn(Soxr.Process(_soxr, rest, (nuint)frames - taken, out done, samples, (nuint)capacity, out produced));
            }
            output.Advance((int)produced * _channels);
            taken += done;
            if (produced < (nuint)capacity && (input is null || taken == (nuint)frames))
                return taken;
        }
    }

    private static void ThrowOn(nint error)
    {
        if (error != 0)
            throw new InvalidOperationException($"libsoxr: {Marshal.PtrToStringUTF8(error)}");
    }
}
