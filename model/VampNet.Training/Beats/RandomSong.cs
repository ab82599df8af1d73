namespace VampNet.Training.Beats;

/// <summary>
/// Music whose beats are known exactly, another one for every seed: a groove of random parts in a random metre, tempo,
/// swing, kit and key, played by an imprecise hand, with fills and bars that leave things out.
/// </summary>
internal sealed class RandomSong
{
    private const double SlowestTempo = 55, FastestTempo = 200; // beats a minute
    private const int BarsToAFill = 4, Chords = 4;
    private readonly Random _random;
    private readonly DrumMachine _drums;
    private readonly double _seconds, _jitter, _swing;
    private readonly int _beatsPerBar, _stepsPerBeat;
    private readonly double[] _roots; // Hz
    // chance of each step of a bar; (time, gain, root, length of a step)
    private readonly (double[] Pattern, Action<double, double, double, double> Play)[] _parts;

    private RandomSong(int seed, double seconds, int sampleRate)
    {
        _random = new Random(seed);
        _seconds = seconds;
        _drums = new DrumMachine(seconds, sampleRate, Kit.Any(_random), _random.Next());
        (_beatsPerBar, _stepsPerBeat) = (Chance(0.2) ? 3 : Chance(0.1) ? 2 : 4, Chance(0.25) ? 3 : Chance(0.4) ? 2 : 4);
        (_jitter, _swing) = (0.008 * _random.NextDouble(), _stepsPerBeat != 3 && Chance(0.25) ? 0.3 * _random.NextDouble() : 0);
        _roots = [.. Enumerable.Range(0, Chords).Select(_ => 220 * Math.Pow(2, _random.Next(-7, 5) / 12.0))];
        _parts = Parts();
    }

    /// <param name="sampleRate">in Hz</param>
    public static Rendered Play(int seed, double seconds, int sampleRate) => new RandomSong(seed, seconds, sampleRate).Play();

    private Rendered Play()
    {
        var (beats, downbeats) = (new List<double>(), new List<double>());
        var tempo = SlowestTempo * Math.Pow(FastestTempo / SlowestTempo, _random.NextDouble());
        var drift = Chance(0.5) ? 0.02 * _random.NextDouble() : 0; // of the tempo, to and fro over a quarter of a minute
        var stepsPerBar = _beatsPerBar * _stepsPerBeat;
        var time = 1.2 * _random.NextDouble();
        for (var i = 0; ; i++)
        {
            var step = 60 / (tempo * (1 + drift * Math.Sin(time / 15 * 2 * Math.PI))) / _stepsPerBeat;
            if (time + step > _seconds)
                break;
            var (bar, inBar) = (i / stepsPerBar, i % stepsPerBar);
            if (inBar % _stepsPerBeat == 0)
                beats.Add(time);
            if (inBar == 0)
                downbeats.Add(time);
            var late = inBar % _stepsPerBeat == _stepsPerBeat - 1 ? _swing * step : 0;
            var isFill = bar % BarsToAFill == BarsToAFill - 1 && inBar >= stepsPerBar - _stepsPerBeat;
            foreach (var (pattern, play) in _parts)
            {
                var chance = isFill ? Math.Max(pattern[inBar], 0.4) : pattern[inBar];
                if (Chance(chance))
                    play(time + late + _jitter * Normal(), (inBar == 0 ? 1.2 : 1) * Math.Pow(10, 2 * Normal() / 20), _roots[bar % Chords],
                        step);
            }
            time += step;
        }
        _drums.Hiss(Chance(0.5) ? 0.01 * _random.NextDouble() : 0);
        return new Rendered(_drums.Audio, [.. beats], [.. downbeats]);
    }

    /// <summary>What plays, and when: nearly always on some steps, hardly ever on others.</summary>
    private (double[], Action<double, double, double, double>)[] Parts()
    {
        var hasDrums = Chance(0.8);
        var parts = new List<(double[], Action<double, double, double, double>)>();
        void Add(double chance, Func<int, double> likelihood, Action<double, double, double, double> play)
        {
            if (Chance(chance))
                parts.Add((Pattern(likelihood), play));
        }

        if (hasDrums)
        {
            Add(0.9, step => step == 0 ? 0.95 : IsBeat(step) ? 0.4 : 0.12, (time, gain, _, _) => _drums.Kick(time, 0.7 * gain));
            Add(0.85, step => IsBeat(step) && step / _stepsPerBeat % 2 == 1
                ? 0.9
                : 0.05, (time, gain, _, _) => _drums.Snare(time, 0.4 * gain));
            Add(0.8, step => IsBeat(step) ? 0.9 : 0.6, (time, gain, _, _) => _drums.Hat(time, 0.15 * gain));
            Add(0.15, step => IsBeat(step) ? 0.6 : 0.3, (time, gain, _, _) => _drums.Click(time, 0.3 * gain));
        }
        Add(hasDrums ? 0.7 : 1, step => step == 0 ? 0.95 : IsBeat(step)
            ? 0.5
            : 0.15, (time, gain, root, length) => _drums.Bass(time, 2 * length, root / 4, 0.3 * gain));
        Add(hasDrums ? 0.5 : 1, step => step == 0 ? 0.9 : IsBeat(step)
            ? 0.15
            : 0.04, (time, gain, root, length) => _drums.Chord(time, Math.Max(0.15, 4 * length), root, 0.1 * gain));
        Add(0.3, _ => 0.5,
            (time, gain, root, length) => _drums.Bass(time, length, 2 * root * Math.Pow(2, _random.Next(3) * 4 / 12.0), 0.15 * gain));
        return [.. parts];
    }

    private bool IsBeat(int step) => step % _stepsPerBeat == 0;

    private double[] Pattern(Func<int, double> likelihood) =>
        [.. Enumerable.Range(0, _beatsPerBar * _stepsPerBeat).Select(step => Chance(likelihood(step)) ? 0.95 : 0.02)];

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
