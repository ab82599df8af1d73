using VampNet.Core.Sampling;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Sampling;

/// <summary>Draws codes from logits.</summary>
public static class TokenSampler
{
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
        options.Temperature == 1 ? logits : logits.Over(options.Temperature);

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
