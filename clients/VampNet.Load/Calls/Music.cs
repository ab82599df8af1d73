using System.Buffers.Binary;
using Google.Protobuf;
using VampNet.Protos.Audio.V1;

namespace VampNet.Load.Calls;

/// <summary>Audio to send: a chord with a beat, 16 bits, mono. That of each request differs, so that no cache knows it.</summary>
internal sealed class Music
{
    private const int SampleRate = 44_100, ChunkBytes = 64 << 10;

    private const double BeatsPerSecond = 2;

    private readonly byte[] _samples;

    /// <param name="seconds">of the longest request</param>
    public Music(double seconds)
    {
        _samples = new byte[2 * (int)(seconds * SampleRate)];
        for (var i = 0; i < _samples.Length / 2; i++)
            Write(_samples, i, Sample(i / (double)SampleRate));
    }

    /// <summary>How the bytes are to be read.</summary>
    public static InputFormat Format { get; } = new() { Encoding = InputEncoding.PcmS16Le, SampleRate = SampleRate, Channels = 1 };

    /// <summary>The bytes of a request.</summary>
    public byte[] Bytes(int number, double seconds)
    {
        var bytes = _samples.AsSpan(0, 2 * (int)(seconds * SampleRate)).ToArray();
        var random = RequestMix.RandomOf(number);
        for (var i = 0; i < 16; i++)
            Write(bytes, i, 0.1 * random.NextDouble());
        return bytes;
    }

    /// <summary>The same in pieces.</summary>
    public IAsyncEnumerable<ByteString> Chunks(int number, double seconds)
    {
        var bytes = Bytes(number, seconds);
        return Pieces().ToAsyncEnumerable();

        IEnumerable<ByteString> Pieces()
        {
            for (var at = 0; at < bytes.Length; at += ChunkBytes)
                yield return UnsafeByteOperations.UnsafeWrap(bytes.AsMemory(at, Math.Min(ChunkBytes, bytes.Length - at)));
        }
    }

    private static double Sample(double time)
    {
        var chord = Math.Sin(2 * Math.PI * 220 * time) + Math.Sin(2 * Math.PI * 277.2 * time) + Math.Sin(2 * Math.PI * 329.6 * time);
        var sinceBeat = time * BeatsPerSecond % 1;
        return 0.08 * chord + 0.5 * Math.Exp(-40 * sinceBeat) * Math.Sin(2 * Math.PI * 90 * time);
    }

    private static void Write(byte[] samples, int index, double value) =>
        BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(2 * index), (short)(value * short.MaxValue));
}
