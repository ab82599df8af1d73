namespace VampNet.Training.Measures;

/// <summary>Notes and chords played one by one on a plain synthetic instrument: music whose every note is known.</summary>
/// <param name="Samples">mono</param>
/// <param name="Chords">frequencies of the notes that sound together, in Hz; each chord takes as long as any other</param>
public sealed record RenderedPiece(float[] Samples, IReadOnlyList<IReadOnlyList<double>> Chords)
{
    private const int Harmonics = 12;
    private const double SecondsPerChord = 0.6, Attack = 0.01, Decay = 0.5; // seconds
    private const double Level = 0.2;

    private static readonly int[] s_major = [0, 2, 4, 5, 7, 9, 11, 12], s_minor = [0, 2, 3, 5, 7, 8, 10, 12];

    /// <summary>Notes in all of the piece.</summary>
    public int Notes => Chords.Sum(chord => chord.Count);

    /// <summary>Whether more than one note sounds at once.</summary>
    public bool HasChords => Chords.Any(chord => chord.Count > 1);

    /// <summary>A major scale up and down again: 16 notes.</summary>
    /// <param name="lowest">MIDI number of the first note, 60 = middle C</param>
    public static RenderedPiece MajorScale(int lowest, int sampleRate) => UpAndDown(s_major, lowest, sampleRate);

    /// <summary>A natural minor scale up and down again: 16 notes.</summary>
    /// <inheritdoc cref="MajorScale"/>
    public static RenderedPiece MinorScale(int lowest, int sampleRate) => UpAndDown(s_minor, lowest, sampleRate);

    /// <summary>The triads on the eight steps of a major scale, upwards: 24 notes.</summary>
    /// <inheritdoc cref="MajorScale"/>
    public static RenderedPiece Triads(int lowest, int sampleRate)
    {
        return Render([.. Enumerable.Range(0, 8).Select(root => new[] { Step(root), Step(root + 2), Step(root + 4) })], sampleRate);

        int Step(int step) => lowest + step / 7 * 12 + s_major[step % 7];
    }

    /// <summary>How many notes are within half a semitone of a note that sounds in <paramref name="samples"/> at their time.</summary>
    /// <param name="samples">as many as this one's, or a few less at the end</param>
    public int CountRight(ReadOnlySpan<float> samples, int sampleRate)
    {
        var (length, right) = (Samples.Length / Chords.Count, 0);
        foreach (var (at, chord) in Chords.Index())
        {
            var heard = Pitch.Of(samples[(at * length)..Math.Min(samples.Length, (at + 1) * length)], sampleRate, chord.Count);
            right += chord.Count(note => heard.Any(pitch => Math.Abs(12 * Math.Log2(pitch / note)) <= 0.5));
        }
        return right;
    }

    private static RenderedPiece UpAndDown(int[] steps, int lowest, int sampleRate) =>
        Render([.. steps.Concat(steps.Reverse()).Select(step => new[] { lowest + step })], sampleRate);

    /// <param name="chords">MIDI numbers of their notes</param>
    private static RenderedPiece Render(int[][] chords, int sampleRate)
    {
        double[][] frequencies = [.. chords.Select(chord => chord.Select(note => 440 * Math.Pow(2, (note - 69) / 12.0)).ToArray())];
        var length = (int)(SecondsPerChord * sampleRate);
        var samples = new float[chords.Length * length];
        foreach (var (at, chord) in frequencies.Index())
        {
            for (var i = 0; i < length; i++)
                samples[at * length + i] = (float)(Level / chord.Length * chord.Sum(f => Tone(f, (double)i / sampleRate)));
        }
        return new RenderedPiece(samples, frequencies);
    }

    /// <summary>Harmonics of falling strength, the higher the sooner over, with a fade before the next note.</summary>
    private static double Tone(double frequency, double seconds)
    {
        var sum = 0.0;
        for (var harmonic = 1; harmonic <= Harmonics; harmonic++)
            sum += Math.Sin(2 * Math.PI * harmonic * frequency * seconds) / harmonic * Math.Exp(-seconds * harmonic / (4 * Decay));
        return sum * Math.Min(1, seconds / Attack) * Math.Min(1, (SecondsPerChord - seconds) / Attack) * Math.Exp(-seconds / (2 * Decay));
    }
}
