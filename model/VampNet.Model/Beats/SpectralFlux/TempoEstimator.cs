namespace VampNet.Model.Beats.SpectralFlux;

/// <summary>
/// The beat period of an onset curve. The autocorrelation under a log-normal prior around 120 bpm gives a period
/// (Ellis 2007, section 3); as that may be a multiple or a part of the beat, each of its simple relations is tracked
/// and earns by the onsets that its beats hit and loses by those that fall between, where a faster beat would be.
/// </summary>
internal static class TempoEstimator
{
    private const double SlowestBpm = 40;
    private const double FastestBpm = 240;
    private const double LikelyBpm = 120;
    private const double PriorOctaves = 1.2;
    private const int Multiples = 4;
    private const double LossBetween = 0.4;
    private const double LeastRepetition = 0.3;
    private const double Tolerance = 0.03;
    private const double PeriodStep = 0.05;

    /// <summary>Where beats twice, three or four times as fast would fall.</summary>
    private static readonly double[] Subdivisions = [0.25, 1.0 / 3, 0.5, 2.0 / 3, 0.75];

    private static readonly double[] Relations = [0.25, 1.0 / 3, 0.5, 2.0 / 3, 1, 1.5, 2, 3];

    /// <summary>Frames a beat, or null where nothing repeats.</summary>
    /// <param name="onsets">at least 0, with unit deviation</param>
    public static double? Period(float[] onsets, double frameRate)
    {
        var shortest = frameRate * 60 / FastestBpm;
        var longest = Math.Min(frameRate * 60 / SlowestBpm, onsets.Length / 2.0);
        var repetition = new Repetition(Curve.Smooth(onsets, 2), (int)Math.Ceiling(longest * Multiples) + 2);
        if (Best(repetition, shortest, longest, frameRate) is not { } first)
            return null;

        var curve = Curve.Smooth(onsets, 1.5);
        var candidates = Relations.Select(relation => first * relation)
            .Where(guess => guess >= shortest && guess <= longest)
            .Select(guess => Best(repetition, guess * (1 - Tolerance), guess * (1 + Tolerance), frameRate) ?? guess).ToArray();
        var least = LeastRepetition * candidates.Max(repetition.At);
        return candidates.Where(period => repetition.At(period) >= least)
            .MaxBy(period => Support(curve, period) * Prior(period, frameRate));
    }

    /// <summary>The period between two bounds that repeats best, or null where none does.</summary>
    private static double? Best(Repetition repetition, double shortest, double longest, double frameRate)
    {
        var (best, bestScore) = (0.0, 0.0);
        for (var period = shortest; period <= longest; period += PeriodStep)
        {
            var score = repetition.At(period) * Prior(period, frameRate);
            if (score > bestScore)
                (best, bestScore) = (period, score);
        }
        return bestScore > 0 ? best : null;
    }

    private static double Support(float[] curve, double period)
    {
        var beats = BeatPath.Find(curve, period);
        if (beats.Count < 3)
            return 0;
        var on = beats.Average(beat => Curve.PeakAround(curve, beat));
        var between = beats.Zip(beats.Skip(1)).Average(pair => Subdivisions.Max(part =>
            Curve.PeakAround(curve, pair.First + (int)Math.Round(part * (pair.Second - pair.First)))));
        return on - LossBetween * between;
    }

    private static double Prior(double period, double frameRate)
    {
        var octaves = Math.Log2(60 * frameRate / period / LikelyBpm) / PriorOctaves;
        return Math.Exp(-0.5 * octaves * octaves);
    }

    /// <summary>Autocorrelation of a curve, at fractional periods and their multiples.</summary>
    private sealed class Repetition
    {
        private readonly double[] _correlation;

        public Repetition(float[] curve, int maxLag)
        {
            var mean = curve.Average();
            var x = Array.ConvertAll(curve, value => value - mean);
            _correlation = new double[Math.Min(maxLag, x.Length - 1) + 1];
            for (var lag = 0; lag < _correlation.Length; lag++)
            {
                double sum = 0;
                for (var t = lag; t < x.Length; t++)
                    sum += x[t] * x[t - lag];
                _correlation[lag] = sum / (x.Length - lag);
            }
        }

        /// <summary>Mean correlation at the first multiples of a period, as far as they fit; at least 0.</summary>
        public double At(double period)
        {
            var (sum, count) = (0.0, 0);
            for (var lag = period; count < Multiples && lag < _correlation.Length - 1; lag += period, count++)
            {
                var i = (int)lag;
                sum += _correlation[i] + (lag - i) * (_correlation[i + 1] - _correlation[i]);
            }
            return count == 0 ? 0 : Math.Max(0, sum / count);
        }
    }
}
