using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation.Findings;

/// <summary>Section 4.4 and figure 5: from compression to generation.</summary>
internal static class BitrateFindings
{
    private const double Accurate = 570, Generative = 200, LowRates = 400; // bit/s: the paper's 600, which is one codebook; and its 200

    public static IEnumerable<Finding> Of(MeasuredOutcomes measured)
    {
        var bitrates = measured.Experiment("bitrates");
        return
        [
            .. Continuum(measured, bitrates),
            .. measured.All(Baseline.Codec) is [var codec] ? Reconstruction(bitrates, codec) : [],
            .. measured.Noise is { } noise ? AgainstNoise([.. bitrates.Where(o => o.At <= Generative)], noise) : [],
        ];
    }

    private static IEnumerable<Finding> Continuum(MeasuredOutcomes measured, IReadOnlyList<Outcome> bitrates)
    {
        foreach (var (name, of) in MeasuredOutcomes.Figures)
        {
            if (bitrates.Count > 1)
                yield return Falling($"the more is kept, the nearer to the music: the {name} falls with the bitrate", bitrates, of);
            if (bitrates.Where(o => o.At <= LowRates).ToList() is { Count: > 1 } low)
                yield return Falling($"the {name} falls from 25 to 400 bit/s, too", low, of);
        }
        if (measured.All("compression, Nk=1", "coarse-to-fine alone", Baseline.Codec) is { } codebooks)
            yield return Falling("the mel error falls with the codebooks that a compression prompt keeps", codebooks, o => o.MelLong);
        if (measured.All("periodic, P=32", "periodic, P=16", "periodic, P=8") is { } periods)
            yield return Falling("the mel error falls with the frames that a periodic prompt keeps (3.4)", periods, o => o.MelLong);
    }

    private static IEnumerable<Finding> Reconstruction(IReadOnlyList<Outcome> bitrates, Outcome codec)
    {
        var accurate = bitrates.Where(o => o.At >= Accurate && o.Condition != codec.Condition).ToList();
        if (accurate.Count == 0)
            yield break;
        foreach (var (name, of) in MeasuredOutcomes.Figures)
        {
            var lowest = Of(accurate[0]);
            var from = accurate.AsEnumerable().Reverse().TakeWhile(o => Of(o).Verdict == Verdict.Yes).LastOrDefault();
            var reach = from is null ? "no other number of codebooks is" : $"it holds from {MeasuredOutcomes.Rated(from)} on";
            yield return lowest with { Figures = $"{lowest.Figures}; {reach}" };

            Finding Of(Outcome outcome) => Comparisons.AsGood(
                "5", $"from about 600 bit/s on music is reconstructed: {MeasuredOutcomes.Rated(outcome)} is as good as the codec ({name})",
                (outcome.Condition, codec.Condition), of(outcome), of(codec));
        }
    }

    private static IEnumerable<Finding> AgainstNoise(IReadOnlyList<Outcome> generative, NoiseCurve noise)
    {
        if (generative.Count == 0)
            yield break;
        yield return Comparisons.All("5", "at 200 bit/s and below the mel error is that of noise: noise at the same bitrate is as good",
            [.. generative.Select(o => Comparisons.AsGood(
                "5", $"{o.At:0} bit/s:", ("noise", "generated"), noise.At(o.BitsPerSecond, n => n.MelLong), o.MelLong))]);
        yield return Comparisons.All("5", "at 200 bit/s and below the Fréchet distance is far below that of noise (intervals apart)",
            [.. generative.Select(o => Comparisons.FarBelow(
                "5", $"{o.At:0} bit/s:", ("generated", "noise"), o.Frechet, noise.At(o.BitsPerSecond, n => n.Frechet)))]);
    }

    private static Finding Falling(string claim, IReadOnlyList<Outcome> outcomes, Func<Outcome, Estimate> of) =>
        Comparisons.Falling("4.4", claim, [.. outcomes.Select(of)]);
}
