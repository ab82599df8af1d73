using System.Globalization;
using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation;

/// <summary>Something that the paper found (section 5), and what was found here.</summary>
/// <param name="Holds">by the figures as they are; their intervals are in the tables</param>
/// <param name="Figures">that say so</param>
public sealed record Ordering(string Claim, bool Holds, string Figures);

/// <summary>Compares outcomes with the paper's findings: all of those whose conditions were measured.</summary>
public static class Orderings
{
    // Generated with a share of the tokens kept, and noise that leaves as large a share alone.
    private static readonly (string Generated, string Noise)[] s_sameRate =
        [("periodic, P=8", "noisy tokens, r=0.875"), ("periodic, P=16", "noisy tokens, r=0.9375")];

    private static readonly string[] s_inpainting = ["inpaint, 1 s", "inpaint, 2 s"];

    public static IReadOnlyList<Ordering> Of(IReadOnlyList<(Experiment Experiment, IReadOnlyList<Outcome> Outcomes)> experiments)
    {
        var found = new List<Ordering>();
        var named = experiments.SelectMany(e => e.Outcomes).DistinctBy(o => o.Condition).ToDictionary(o => o.Condition);
        if (experiments.FirstOrDefault(e => e.Experiment.Name == "bitrates").Outcomes is { Count: > 1 } bitrates)
        {
            found.Add(Falling("the mel error falls with the bitrate", bitrates, o => o.MelLong));
            found.Add(Falling("the Fréchet distance falls with the bitrate", bitrates, o => o.Frechet));
        }
        if (experiments.FirstOrDefault(e => e.Experiment.Name == "steps").Outcomes is { Count: > 1 } steps)
            found.AddRange(OfSteps(steps));
        if (All(named, "36 steps", "12 steps") is { } many)
            found.Add(
                Alike("12 sampling steps are nearly as good as 36: Fréchet distances within each other's intervals", many, o => o.Frechet));
        if (All(named, "compression, Nk=1", "coarse-to-fine alone", "codec") is { } codebooks)
            found.Add(Falling("the mel error falls with the codebooks that are kept", codebooks, o => o.MelLong));
        if (All(named, "periodic, P=32", "periodic, P=16", "periodic, P=8") is { } periods)
            found.Add(Falling("the mel error falls with the frames that a periodic prompt keeps", periods, o => o.MelLong));
        if (All(named, "codec", "compression, Nk=1") is { } compression)
        {
            found.Add(
                Alike("one codebook (574 bit/s) nearly reconstructs the music: its mel error is like the codec's", compression,
                o => o.MelLong));
            found.Add(
                Alike("one codebook nearly matches the original: its Fréchet distance is like the codec's", compression, o => o.Frechet));
        }
        var others = named.Values.Where(
            o => o.Condition.StartsWith("periodic", StringComparison.Ordinal) || s_inpainting.Contains(o.Condition));
        if (others.MinBy(o => o.Frechet.Value) is { } best && named.TryGetValue("beats, 75 ms", out var beats))
        {
            var claim = $"beat-driven prompts have the lowest Fréchet distance of all prompts ({best.Condition} is the best of the others)";
            found.Add(Falling(claim, [best, beats], o => o.Frechet));
        }
        if (All(named, "inpaint, 1 s", "periodic, P=16") is { } informed)
            found.Add(
                Alike("periodic, P=16 is as good as inpaint, 1 s, which keeps more: Fréchet distances are alike", informed,
                o => o.Frechet));
        foreach (var (generated, noise) in s_sameRate)
        {
            if (All(named, noise, generated) is { } mels)
                found.Add(Alike($"noise at the bitrate of {generated} has a mel error like it", mels, o => o.MelLong));
            if (All(named, noise, generated) is { } pair)
                found.Add(
                    Falling(
                        $"Fréchet distance: {generated} is below noise at its bitrate, intervals and "
                            + "all", pair, o => o.Frechet, apart: true));
        }
        foreach (var inpainting in s_inpainting)
        {
            foreach (var prompt in new[] { "periodic, P=8", "beats, 75 ms" })
            {
                if (All(named, inpainting, prompt) is { } pair)
                    found.Add(
                        Falling(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"the mel error of {prompt} ({pair[1].BitsPerSecond:0} bit/s) is below that of {inpainting} "
                                    + $"({pair[0].BitsPerSecond:0} bit/s)"), pair, o => o.MelLong));
            }
        }
        return found;
    }

    /// <summary>The paper's samples get better up to 36 steps, and not after.</summary>
    private static IEnumerable<Ordering> OfSteps(IReadOnlyList<Outcome> steps)
    {
        foreach (var (figure, of) in new (string, Func<Outcome, double>)[] { ("mel error", o => o.MelLong.Value),
            ("Fréchet distance", o => o.Frechet.Value) })
        {
            var (first, best) = (steps[0], steps.MinBy(of)!);
            yield return new Ordering(
                $"more sampling steps than one lower the {figure}",
                of(best) < of(first),
                string.Create(
                    CultureInfo.InvariantCulture, $"{of(first):0.000} ({first.Condition}); lowest {of(best):0.000} ({best.Condition})"));
        }
        if (steps.FirstOrDefault(o => o.Condition == "36 steps") is { } chosen)
        {
            var best = steps.MinBy(o => o.Frechet.Value)!;
            var (own, lowest) = (chosen.Frechet.Value, best.Frechet.Value);
            yield return new Ordering(
                "36 sampling steps have the lowest Fréchet distance",
                best == chosen,
                string.Create(CultureInfo.InvariantCulture, $"{own:0.000} (36 steps); lowest {lowest:0.000} ({best.Condition})"));
        }
    }

    /// <param name="apart">the intervals must not touch either</param>
    private static Ordering Falling(string claim, IReadOnlyList<Outcome> outcomes, Func<Outcome, Estimate> of, bool apart = false) => new(
        claim,
        outcomes.Zip(outcomes.Skip(1))
        .All(pair => apart ? of(pair.Second).High < of(pair.First).Low : of(pair.Second).Value < of(pair.First).Value),
        string.Join(" > ", outcomes.Select(o => of(o).Value.ToString("0.000", CultureInfo.InvariantCulture))));

    /// <summary>Alike is what lies in each other's interval.</summary>
    private static Ordering Alike(string claim, Outcome[] pair, Func<Outcome, Estimate> of)
    {
        var (a, b) = (of(pair[0]), of(pair[1]));
        return new Ordering(
            claim,
            a.Value >= b.Low && a.Value <= b.High && b.Value >= a.Low && b.Value <= a.High,
            $"{Text(a)} and {Text(b)}");

        static string Text(Estimate e) => string.Create(CultureInfo.InvariantCulture, $"{e.Value:0.000} ({e.Low:0.000}–{e.High:0.000})");
    }

    /// <summary>null where one was not measured.</summary>
    private static Outcome[]? All(Dictionary<string, Outcome> named, params string[] conditions) =>
        conditions.All(named.ContainsKey) ? [.. conditions.Select(name => named[name])] : null;
}
