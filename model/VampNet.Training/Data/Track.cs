using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using VampNet.Core;

namespace VampNet.Training.Data;

/// <summary>One piece of music, prepared once: mono, 16 bits, at the codec's rate and loudness, mapped from the cache.</summary>
public sealed class Track : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <param name="name">path relative to the music folder</param>
    /// <param name="key">tells what is in it from anything else</param>
    /// <param name="path">cache file of little-endian 16-bit samples</param>
    internal Track(string name, string key, string path)
    {
        (Name, Key) = (name, key);
        Samples = new FileInfo(path).Length / sizeof(short);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    public string Name { get; }

    /// <summary>Of its content, fit for a file name.</summary>
    public string Key { get; }

    /// <summary>Length in samples.</summary>
    public long Samples { get; }

    /// <summary>Fills <paramref name="audio"/> with the samples from <paramref name="start"/> on; zeros past the end.</summary>
    public void Read(long start, Span<float> audio)
    {
        var count = (int)Math.Clamp(Samples - start, 0, audio.Length);
        var raw = new short[count];
        _view.ReadArray(start * sizeof(short), raw, 0, count);
        for (var i = 0; i < count; i++)
            audio[i] = raw[i] / 32768f;
        audio[count..].Clear();
    }

    /// <summary>The whole track.</summary>
    public float[] ReadAll()
    {
        var audio = new float[Samples];
        Read(0, audio);
        return audio;
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    internal static void Write(string path, ReadOnlySpan<float> samples)
    {
        var raw = new short[samples.Length];
        for (var i = 0; i < raw.Length; i++)
            raw[i] = (short)Math.Clamp(MathF.Round(samples[i] * 32768f), short.MinValue, short.MaxValue);
        AtomicFile.Write(path, MemoryMarshal.AsBytes(raw.AsSpan()).ToArray());
    }
}
