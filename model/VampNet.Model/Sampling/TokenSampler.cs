using VampNet.Core.Sampling;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Sampling;

/// <summary>Draws codes from logits.</summary>
public static class TokenSampler
{
    /// <summary>
    /// At or below this temperature the likeliest code has all the probability in float32. What is divided by less can become infinite, and
    /// the distribution NaN.
    /// </summary>
    private const float LowestTemperature = 1e-30f;

    /// <summary>The distribution that codes are drawn from: filters, then temperature, then softmax.</summary>
    /// <param name="logits">(positions, vocabulary)</param>
    /// <returns>(positions, vocabulary)</returns>
    public static Tensor Probabilities(Tensor logits, SamplingOptions options) => Soften(Filter(logits, options), options).softmax(-1);

    /// <summary>One code a position.</summary>
    /// <param name="logits">(positions, vocabulary)</param>
    /// <param name="uniform">(positions), in (0, 1); null = the most likely code</param>
    /// <returns>codes, int64, and their probabilities; (positions) each</returns>
    public static (Tensor Codes, Tensor Probabilities) Sample(Tensor logits, SamplingOptions options, Tensor? uniform)
    {
        logits = Filter(logits, options);
        var probabilities = Soften(logits, options).softmax(-1);
        var codes = uniform is null ? logits.argmax(-1) : Draw(probabilities, uniform);
        return (codes, probabilities.gather(-1, codes.unsqueeze(-1)).squeeze(-1));
    }

    private static Tensor Soften(Tensor logits, SamplingOptions options) =>
        options.Temperature == 1 ? logits : logits.Over(Math.Max(options.Temperature, LowestTemperature));

    private static Tensor Filter(Tensor logits, SamplingOptions options)
    {
        // The reference computes the typical filter and drops its result.
        if (options.Typical is { } typical && options.Mode == SamplingMode.Paper)
            logits = LogitFilters.Typical(logits, typical);
        if (options.TopK is { } k)
            logits = LogitFilters.TopK(logits, k);
        if (options.TopP is { } mass and < 1)
            logits = LogitFilters.TopP(logits, mass);
        return logits;
    }

    /// <summary>Inverts the cumulated distribution: one uniform number a position, so the draw does not depend on the others.</summary>
    private static Tensor Draw(Tensor probabilities, Tensor uniform)
    {
        var cumulated = probabilities.cumsum(-1);
        var target = uniform.unsqueeze(-1) * cumulated.narrow(-1, cumulated.size(-1) - 1, 1);
        return searchsorted(cumulated, target, right: true).squeeze(-1).AtMost(probabilities.size(-1) - 1);
    }
}

/// <summary>Removes unlikely codes before one is drawn: their logits become −∞.</summary>
public static class LogitFilters
{
    /// <summary>Keeps the <paramref name="k"/> largest.</summary>
    /// <param name="logits">(positions, vocabulary)</param>
    public static Tensor TopK(Tensor logits, int k)
    {
        var least = logits.topk(k).values.narrow(-1, k - 1, 1);
        return logits.Filled(logits < least, double.NegativeInfinity);
    }

    /// <summary>
    /// Nucleus sampling (Holtzman et al. 2020): keeps the smallest set that holds <paramref name="mass"/>, at least one code.
    /// </summary>
    /// <param name="logits">(positions, vocabulary)</param>
    public static Tensor TopP(Tensor logits, float mass)
    {
        var (sorted, order) = logits.sort(-1, descending: true);
        var cumulated = sorted.softmax(-1).cumsum(-1);
        // One to the right: the code that crosses the border stays.
        var removed = nn.functional.pad(cumulated.IsAbove(mass).to(float32), [1, 0]).narrow(-1, 0, logits.size(-1));
        return RemoveSorted(logits, order, removed);
    }

    /// <summary>Typical filtering (Meister et al. 2022): keeps the codes whose surprise is nearest to the entropy.</summary>
    /// <param name="logits">(positions, vocabulary)</param>
    public static Tensor Typical(Tensor logits, TypicalFilter filter)
    {
        var logs = logits.log_softmax(-1);
        var entropy = -(logs * logs.exp()).nan_to_num(0).sum(-1, true);
        var (distance, order) = (-logs - entropy).abs().sort(-1);
        var cumulated = logits.gather(-1, order).softmax(-1).cumsum(-1);
        var last = cumulated.IsBelow(filter.Mass).to(int64).sum(-1, true).AtMost(logits.size(-1) - 1);
        var removed = distance.gt(distance.gather(-1, last));
        if (filter.MinTokens > 1)
            removed = removed.logical_and(TensorArithmetic.Range(logits.size(-1), int64, logits.device).IsAtLeast(filter.MinTokens));
        return RemoveSorted(logits, order, removed.to(float32));
    }

    private static Tensor RemoveSorted(Tensor logits, Tensor order, Tensor removed) =>
        logits.Filled(zeros_like(removed).scatter(-1, order, removed).IsAbove(0.5), double.NegativeInfinity);
}
