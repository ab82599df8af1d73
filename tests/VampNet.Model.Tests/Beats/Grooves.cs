using VampNet.Training.Beats;

namespace VampNet.Model.Tests.Beats;

/// <summary>
/// A bar in writing: one letter a step, 'x' loud, 'o' normal, '-' soft, '.' nothing; each line may be a part of the bar,
/// which repeats.
/// </summary>
internal sealed record Groove(string Name, int Beats, int StepsPerBeat)
{
    public string Kick { get; init; } = ".";

    public string Snare { get; init; } = ".";

    public string Hat { get; init; } = ".";

    public string Click { get; init; } = ".";

    public string Bass { get; init; } = ".";

    public string Chord { get; init; } = ".";

    /// <summary>Steps that a chord lasts.</summary>
    public int ChordSteps { get; init; } = 1;

    public string Arpeggio { get; init; } = ".";
}

/// <summary>
/// Music that no tracker here was tuned on: other metres, swing, syncopation, no drums; played by hand (5 ms of jitter,
/// 2 dB of loudness) on another kit and in other keys for every seed.
/// </summary>
internal static class Grooves
{
    private const double Jitter = 0.005;
    private const double Loudness = 2;

    public static readonly Groove[] All =
    [
        new("accented clicks", 4, 1) { Click = "x---" },
        new("shuffle", 4, 3) { Kick = "x.....o.....", Snare = "...x.....x..", Hat = "o.-", Bass = "o.-" },
        new("jazz ride", 4, 3) { Hat = "o..x.o", Bass = "o..", Click = "...-..", Chord = ".....-..........", ChordSteps = 3 },
        new("waltz", 3, 2) { Kick = "x.....", Snare = "..-.-.", Bass = "x.....", Chord = "..o.o.", ChordSteps = 1 },
        new("reggae", 4, 4) { Kick = "........x.......", Snare = "........x.......", Hat = "o.-.", Chord = "..x.",
        Bass = "o..o..o...o.o...", ChordSteps = 1 },
        new("breakbeat", 4, 4) { Kick = "x.x.......xx....", Snare = "....x..-.-..x..-", Hat = "o.o.", Bass = "o.........o....." },
        new("bossa nova", 4, 4) { Kick = "x..o", Click = "o..o..o...o..o..", Hat = "-", Bass = "x..-", Chord = "o.....o...o.....",
        ChordSteps = 3 },
        new("half time", 4, 4) { Kick = "x.....o...o.....", Snare = "........x.......", Hat = "o-o-o-oo", Bass = "x...............",
        Chord = "o...............", ChordSteps = 16 },
        new("march", 2, 4) { Kick = "x...o...", Snare = "--x---x-", Bass = "o...o..." },
        new("arpeggio", 4, 4) { Arpeggio = "o.o.o.o.", Bass = "o...............", Chord = "-...............", ChordSteps = 16 },
    ];

    public static Rendered Play(Groove groove, double bpm, int seed, double seconds = 30, int sampleRate = 44_100)
    {
        var random = new Random(HashCode(groove.Name) + seed);
        var drums = new DrumMachine(seconds, sampleRate, Kit.Any(random), random.Next());
        var (start, step) = (0.2 + random.NextDouble(), 60 / bpm / groove.StepsPerBeat);
        double[] roots = [.. Enumerable.Range(0, 4).Select(_ => 220 * Math.Pow(2, random.Next(-7, 5) / 12.0))];
        var stepsPerBar = groove.Beats * groove.StepsPerBeat;
        var (beats, downbeats) = (new List<double>(), new List<double>());
        for (var i = 0; start + (i + 1) * step < seconds; i++)
        {
            var (time, inBar, root) = (start + i * step, i % stepsPerBar, roots[i / stepsPerBar % roots.Length]);
            if (i % groove.StepsPerBeat == 0)
                beats.Add(time);
            if (inBar == 0)
                downbeats.Add(time);
            Strike(groove.Kick, inBar, gain => drums.Kick(Played(time), 0.7 * gain));
            Strike(groove.Snare, inBar, gain => drums.Snare(Played(time), 0.4 * gain));
            Strike(groove.Hat, inBar, gain => drums.Hat(Played(time), 0.15 * gain));
            Strike(groove.Click, inBar, gain => drums.Click(Played(time), 0.4 * gain));
            Strike(groove.Bass, inBar, gain => drums.Bass(Played(time), 0.4, root / 4, 0.3 * gain));
            Strike(groove.Chord, inBar, gain => drums.Chord(Played(time), Math.Max(0.12, groove.ChordSteps * step), root, 0.1 * gain));
            Strike(groove.Arpeggio, inBar, gain => drums.Bass(Played(time), 0.25, 2 * root * Math.Pow(1.5, i / 2 % 3 / 2.0), 0.2 * gain));
        }
        drums.Hiss(0.002);
        return new Rendered(drums.Audio, [.. beats], [.. downbeats]);

        double Played(double time) => time + Jitter * Normal();

        void Strike(string line, int at, Action<double> play)
        {
            var gain = line[at % line.Length] switch { 'x' => 1.3, 'o' => 1, '-' => 0.5, _ => 0 };
            if (gain > 0)
                play(gain * Math.Pow(10, Loudness * Normal() / 20));
        }

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>The same in every process.</summary>
    private static int HashCode(string name) => name.Aggregate(17, (hash, letter) => unchecked(31 * hash + letter)) & 0xFFFF;
}
