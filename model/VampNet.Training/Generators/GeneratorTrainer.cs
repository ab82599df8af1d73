using VampNet.Core.Prompts;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Checkpoints;
using VampNet.Model.Layers;
using VampNet.Model.Packages;
using VampNet.Model.Transformer;
using VampNet.Training.Data;
using VampNet.Training.Runs;
using static TorchSharp.torch;

namespace VampNet.Training.Generators;

/// <summary>How a generator is trained.</summary>
public sealed record GeneratorTrainingOptions
{
    /// <summary>Optimiser steps in all.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Sequences a step.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Length of a sequence in frames.</summary>
    public int Frames { get; init; } = 256;

    /// <summary>Highest learning rate, reached after <see cref="WarmUp"/> steps.</summary>
    public double LearningRate { get; init; } = 1.5e-3;

    public int WarmUp { get; init; } = 100;

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Transformer;

    public int ValidateEvery { get; init; } = 250;

    public int Seed { get; init; } = 1;

    /// <summary>Share of the sequences that keep a prompt as people give it, beside what the mask ratio leaves; the paper's is 0.</summary>
    public double Prompts { get; init; }

    /// <summary>Prompts by name, which are among them: those that the model is to be served with.</summary>
    public IReadOnlyList<PromptPreset> Presets { get; init; } = PromptPreset.All;

    /// <summary>Of matrix products, <see cref="Precisions"/>; all else is float32 always.</summary>
    public string Precision { get; init; } = Precisions.Full;
}

/// <summary>
/// Trains a generator to fill hidden tokens in (paper 3.2 and 4.2): mask ratio cos(πu/2), cross-entropy on what is hidden.
/// A network with low-rank adapters trains and keeps these alone; any other trains as a whole.
/// </summary>
public sealed class GeneratorTrainer : IDisposable
{
    private const double GradientNorm = 5, Beta1 = 0.9, Beta2 = 0.999, WeightDecay = 0.01;

    private readonly VampNetTransformer _network;
    private readonly Tensor _codebooks;
    private readonly IReadOnlyList<TokenGrid> _tokens;
    private readonly int _frames;
    private readonly GeneratorTrainingOptions _options;
    private readonly Device _device;
    private readonly Learner _learner;
    private readonly Excerpts _excerpts;
    private readonly LowDiscrepancy _progress;
    private readonly PromptMasks _prompts;
    private readonly GeneratorValidation? _validation;

    /// <param name="codebooks">entries (codebooks, vocabulary, latent)</param>
    public GeneratorTrainer(
        VampNetTransformer network, Tensor codebooks, TokenLibrary tokens, GeneratorTrainingOptions options, Device device)
    {
        (_network, _codebooks, _options, _device) = (network, codebooks, options, device);
        (_frames, _tokens) = TokenLibrary.LongEnough(tokens.Training, options.Frames);
        _prompts = new PromptMasks(options.Presets, network.Options.Codebooks, _frames);
        var adapts = network.Options.LoraRank > 0;
        foreach (var (name, parameter) in network.named_parameters())
            parameter.requires_grad = !adapts || Lora.IsAdapter(name);
        network.Products.Type = options.Precision == Precisions.Half ? bfloat16 : null;
        _learner = new Learner(
            network, new LearningRates(options.Schedule, options.LearningRate, options.WarmUp, options.Steps), Beta1, Beta2, WeightDecay,
            GradientNorm);
        _excerpts = new Excerpts([.. _tokens.Select(t => (long)t.Frames)]);
        _progress = new LowDiscrepancy(options.Seed);
        _validation = tokens.HeldOut.Count == 0 ? null : new GeneratorValidation(network, codebooks, tokens, options.Frames, device);
    }

    /// <summary>Runs to the last step, from wherever the run folder stands.</summary>
    /// <param name="metadata">stored with the weights</param>
    public void Train(RunFolder run, TrainingLog log, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var weights = Kept.Weights(RunFolder.ModelFile, _network, metadata, _network.Options.LoraRank > 0 ? Lora.IsAdapter : null);
        var loop = new TrainingLoop(
            [weights, _learner.Kept("optimizer.bin")], run, log, _options.Steps, _options.ValidateEvery, _options.Seed);
        loop.Run(_learner.Count, Step, _validation is null ? null : _validation.Measure, cancellationToken);
    }

    public void Dispose()
    {
        _learner.Dispose();
        _validation?.Dispose();
    }

    private IReadOnlyList<(string, double)> Step(long step, Random random)
    {
        using var scope = NewDisposeScope();
        var places = Enumerable.Range(0, _options.Batch).Select(_ => _excerpts.Draw(random, _frames));
        using var batch = MaskedBatch.Create(
            [.. places.Select(p => _tokens[p.Track].SliceFrames((int)p.Start, _frames))],
            _network.Options, _ => DrawPrompt(random), i => MaskSchedule.Gamma(_progress[step * _options.Batch + i]), random, _device);

        _network.train();
        var logits = _network.Forward(_network.Embed(batch.Input, _codebooks));
        var loss = MaskedLoss.Compute(logits, batch.Target, MaskedLoss.LabelSmoothing);
        var norm = _learner.Step(step, loss);
        return TrainingLoop.Logs(step) ? [("loss", loss.Number()), ("norm", norm)] : [];
    }

    private TokenMask DrawPrompt(Random random) => _options.Prompts > 0 && random.NextDouble() < _options.Prompts
        ? _prompts.Draw(random)
        : Masks.Full(_network.Options.Codebooks, _frames);
}
