namespace VampNet.Training.Measures;

/// <summary>A scale played note by note on a plain synthetic instrument: music whose every note is known.</summary>
/// <param name="Samples">mono</param>
/// <param name="Frequencies">of the notes, in Hz; each takes as long as any other</param>
public sealed record RenderedScale(float[] Samples, IReadOnlyList<double> Frequencies)
{
    private const int Harmonics = 12;
    private const double SecondsPerNote = 0.6, Attack = 0.01, Decay = 0.5; // seconds
    private const double Level = 0.2;

    private static readonly int[] s_major = [0, 2, 4, 5, 7, 9, 11, 12];

    /// <summary>A major scale up and down again: 16 notes.</summary>
    /// <param name="lowest">MIDI number of the first note, 60 = middle C</param>
    public static RenderedScale Major(int lowest, int sampleRate)
    {
        double[] frequencies = [.. s_major.Concat(s_major.Reverse()).Select(step => 440 * Math.Pow(2, (lowest + step - 69) / 12.0))];
        var length = (int)(SecondsPerNote * sampleRate);
        var samples = new float[frequencies.Length * length];
        foreach (var (note, frequency) in frequencies.Index())
        {
            for (var i = 0; i < length; i++)
                samples[note * length + i] = (float)(Level * Tone(frequency, (double)i / sampleRate));
        }
        return new RenderedScale(samples, frequencies);
    }

    /// <summary>How many notes sound within half a semitone of what they are in <paramref name="samples"/>.</summary>
    /// <param name="samples">as many as this one's, or a few less at the end</param>
    public int CountRight(ReadOnlySpan<float> samples, int sampleRate)
    {
        var (length, right) = (Samples.Length / Frequencies.Count, 0);
        for (var note = 0; note < Frequencies.Count; note++)
        {
            var heard = Pitch.Of(samples[(note * length)..Math.Min(samples.Length, (note + 1) * length)], sampleRate);
            if (Math.Abs(12 * Math.Log2(heard / Frequencies[note])) <= 0.5)
                right++;
        }
        return right;
    }

    /// <summary>Harmonics of falling strength, the higher the sooner over, with a fade before the next note.</summary>
    private static double Tone(double frequency, double seconds)
    {
        var sum = 0.0;
        for (var harmonic = 1; harmonic <= Harmonics; harmonic++)
            sum += Math.Sin(2 * Math.PI * harmonic * frequency * seconds) / harmonic * Math.Exp(-seconds * harmonic / (4 * Decay));
        return sum * Math.Min(1, seconds / Attack) * Math.Min(1, (SecondsPerNote - seconds) / Attack) * Math.Exp(-seconds / (2 * Decay));
    }
}
