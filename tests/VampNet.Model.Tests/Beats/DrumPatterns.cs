using VampNet.Training.Beats;

namespace VampNet.Model.Tests.Beats;

/// <summary>Patterns that most music is made of. All start after some silence, off the frame grid.</summary>
internal static class DrumPatterns
{
    private const double Offset = 0.337;

    /// <summary>One click a beat, nothing else.</summary>
    public static Rendered Clicks(double bpm, double seconds = 20, int sampleRate = 44_100, double hiss = 0) =>
        Render(bpm, seconds, sampleRate, hiss, (drums, time, beat, _) => drums.Click(time));

    /// <summary>Kick on 1 and 3, snare on 2 and 4, hi-hat on every eighth, a chord and a crash a bar.</summary>
    public static Rendered Rock(double bpm, double seconds = 20, int sampleRate = 44_100, double hiss = 0) =>
        Render(bpm, seconds, sampleRate, hiss, (drums, time, beat, length) =>
        {
            if (beat % 2 == 0)
                drums.Kick(time);
            else
                drums.Snare(time);
            drums.Hat(time);
            drums.Hat(time + length / 2);
            if (beat % 4 == 0)
            {
                drums.Chord(time, 4 * length, beat % 8 == 0 ? 220 : 174.6);
                drums.Bass(time, 4 * length, beat % 8 == 0 ? 55 : 43.65);
            }
        });

    /// <summary>Kick on every beat, open hi-hat between, clap on 2 and 4.</summary>
    public static Rendered House(double bpm, double seconds = 20, int sampleRate = 44_100, double hiss = 0) =>
        Render(bpm, seconds, sampleRate, hiss, (drums, time, beat, length) =>
        {
            drums.Kick(time);
            drums.Hat(time + length / 2, 0.25);
            if (beat % 2 == 1)
                drums.Snare(time, 0.3);
            if (beat % 4 == 0)
                drums.Chord(time, 4 * length, beat % 8 == 0 ? 261.6 : 196);
        });

    /// <summary>Sixteenth hats, syncopated kick, snare on 2 and 4, under hiss.</summary>
    public static Rendered Funk(double bpm, double seconds = 20, int sampleRate = 44_100, double hiss = 0) =>
        Render(bpm, seconds, sampleRate, hiss, (drums, time, beat, length) =>
        {
            for (var i = 0; i < 4; i++)
                drums.Hat(time + i * length / 4, i == 0 ? 0.15 : 0.07);
            if (beat % 4 == 0)
            {
                drums.Kick(time);
                drums.Bass(time, 2 * length, 49);
            }
            if (beat % 4 == 2)
                drums.Kick(time + length / 2);
            if (beat % 4 == 1)
                drums.Kick(time + 3 * length / 4, 0.5);
            if (beat % 2 == 1)
                drums.Snare(time);
            if (beat == 0)
                drums.Hiss(0.003);
        });

    /// <summary>No drums: plucked bass on the beats and a new chord a bar.</summary>
    public static Rendered Ballad(double bpm, double seconds = 20, int sampleRate = 44_100, double hiss = 0) =>
        Render(bpm, seconds, sampleRate, hiss, (drums, time, beat, length) =>
        {
            var root = (beat / 4 % 4) switch { 0 => 220.0, 1 => 174.6, 2 => 261.6, _ => 196.0 };
            drums.Bass(time, length, root / (beat % 2 == 0 ? 4 : 8.0 / 3), 0.2);
            if (beat % 4 == 0)
                drums.Chord(time, 4 * length, root);
        });

    private static Rendered Render(double bpm, double seconds, int sampleRate, double hiss, Action<DrumMachine, double, int, double> beat)
    {
        var drums = new DrumMachine(seconds, sampleRate);
        var length = 60 / bpm;
        var times = new List<double>();
        for (var i = 0; Offset + (i + 1) * length < seconds; i++)
        {
            times.Add(Offset + i * length);
            beat(drums, times[i], i, length);
        }
        drums.Hiss(hiss);
        return new Rendered(drums.Audio, [.. times], [.. times.Where((_, i) => i % 4 == 0)]);
    }
}
