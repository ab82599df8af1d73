using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Training.Data;

namespace VampNet.Evaluation;

/// <summary>A stretch of held-out music: mono at <see cref="SampleRate"/>, at the codec's loudness.</summary>
/// <param name="Index">from 0</param>
/// <param name="Track">that it is from</param>
public sealed record Excerpt(int Index, string Track, float[] Samples)
{
    /// <summary>In Hz.</summary>
    public const int SampleRate = 44100;

    /// <summary>Samples of a codec's frame.</summary>
    public const int Hop = 768;

    /// <summary>As an audio file.</summary>
    public Stream Open() => new MemoryStream(AudioFile.Encode(new AudioBuffer(Samples, SampleRate, 1), AudioFormat.WavFloat));

    /// <summary>Stretches spread evenly over tracks: the same ones every time.</summary>
    public static IReadOnlyList<Excerpt> Of(IReadOnlyList<Track> tracks, int count, double seconds)
    {
        var length = (int)(seconds * SampleRate);
        return [.. new Excerpts([.. tracks.Select(t => t.Samples)]).Spread(count, length).Select((at, i) =>
        {
            var samples = new float[length];
            tracks[at.Track].Read(at.Start, samples);
            return new Excerpt(i, tracks[at.Track].Name, samples);
        })];
    }
}
