using TorchSharp;
using VampNet.Model.Layers;
using VampNet.Training.Runs;
using static TorchSharp.torch;

namespace VampNet.Training.Codec;

/// <summary>
/// The opponent of a codec: multi-period and multi-band spectrum discriminators with an optimiser of their own, least-squares
/// scores and feature matching, as the Descript codec has them.
/// </summary>
internal sealed class Adversary : IDisposable
{
    private const double Beta1 = 0.8, Beta2 = 0.99, WeightDecay = 1e-2, GradientNorm = 10;
    private const int WarmUp = 50;
    private static readonly int[] s_periods = [2, 3, 5, 7, 11], s_windows = [2048, 1024, 512];

    private readonly AdversarialOptions _options;
    private readonly Discriminators _discriminators;
    private readonly Learner _learner;

    /// <param name="steps">of the whole run</param>
    public Adversary(AdversarialOptions options, int steps, Device device)
    {
        _options = options;
        _discriminators = new Discriminators(
            [.. s_periods.Select(period => new PeriodDiscriminator(period, options.Scale)),
            .. s_windows.Select(size => new SpectrumDiscriminator(size, options.Scale))]);
        _discriminators.to(device);
        var rates = new LearningRates(LearningRateSchedule.Cosine, options.LearningRate, WarmUp, Math.Max(1, steps - options.From));
        _learner = new Learner(_discriminators, rates, Beta1, Beta2, WeightDecay, GradientNorm);
    }

    public IEnumerable<Kept> Kept =>
        [Runs.Kept.Weights("discriminators.safetensors", _discriminators), _learner.Kept("discriminators-optimizer.bin")];

    public bool IsActive(long step) => step >= _options.From;

    /// <summary>The discriminators' own step.</summary>
    /// <param name="real">(batch, samples)</param>
    /// <param name="fake">(batch, samples)</param>
    /// <returns>their loss before it: 0 where they tell everything apart</returns>
    public double Learn(long step, Tensor real, Tensor fake)
    {
        using var scope = NewDisposeScope();
        var loss = zeros([], device: real.device);
        foreach (var (ofReal, ofFake) in Look(real).Zip(Look(fake.detach())))
            loss = loss.Plus(ofReal[^1].Minus(1.0).Squared().mean()).Plus(ofFake[^1].Squared().mean());
        _learner.Step(step - _options.From, loss);
        return loss.Number();
    }

    /// <summary>What the codec is to minimise; the discriminators stay as they are.</summary>
    /// <inheritdoc cref="Learn"/>
    /// <returns>weighted, scalar</returns>
    public Tensor Judge(Tensor real, Tensor fake)
    {
        IReadOnlyList<Tensor>[] ofReal;
        using (no_grad())
            ofReal = Look(real);
        SetLearning(false);
        try
        {
            Tensor score = zeros([], device: real.device), difference = zeros([], device: real.device);
            foreach (var (expected, actual) in ofReal.Zip(Look(fake)))
            {
                score = score.Plus(actual[^1].Minus(1.0).Squared().mean());
                for (var i = 0; i < actual.Count - 1; i++)
                    difference = difference.Plus(nn.functional.l1_loss(actual[i], expected[i]));
            }
            return score.Times(_options.ScoreWeight).Plus(difference.Times(_options.FeatureWeight));
        }
        finally
        {
            SetLearning(true);
        }
    }

    public void Dispose()
    {
        _learner.Dispose();
        _discriminators.Dispose();
    }

    /// <summary>What each discriminator says to audio without offset and with its peak at 0.8.</summary>
    private IReadOnlyList<Tensor>[] Look(Tensor audio)
    {
        audio = audio - audio.mean([-1], true);
        audio = audio.Times(0.8) / audio.abs().amax([-1], true).Plus(1e-9);
        return [.. _discriminators.All.Select(discriminator => discriminator.forward(audio))];
    }

    private void SetLearning(bool learns)
    {
        foreach (var parameter in _discriminators.parameters())
            parameter.requires_grad = learns;
    }
}

/// <summary>Adversarial losses of the Descript codec (Kumar et al. 2023).</summary>
public sealed record AdversarialOptions
{
    /// <summary>
    /// Step from which on they count: before that there is nothing to tell apart that a discriminator would be needed for.
    /// </summary>
    public int From { get; init; }

    /// <summary>Width of the discriminators as a share of the published one, which a CPU takes very long for.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Of the discriminators.</summary>
    public double LearningRate { get; init; } = 1e-4;

    // The Descript codec weighs 1 and 2 against 15 for each of its mel errors in log10; ours are natural logarithms.

    /// <summary>Of the score that the codec's output gets.</summary>
    public double ScoreWeight { get; init; } = 0.15;

    /// <summary>Of the difference that the layers of the discriminators see.</summary>
    public double FeatureWeight { get; init; } = 0.3;
}
