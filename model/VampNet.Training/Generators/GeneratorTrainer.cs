using TorchSharp.Modules;
using VampNet.Model.Sampling;
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

    /// <summary>Highest learning rate; it rises over 100 steps and falls to a hundredth along a cosine.</summary>
    public double LearningRate { get; init; } = 1.5e-3;

    public int ValidateEvery { get; init; } = 250;

    public int Seed { get; init; } = 1;
}

/// <summary>Trains a generator to fill hidden tokens in (paper 3.2): mask ratio cos(πu/2), cross-entropy on what is hidden.</summary>
public sealed class GeneratorTrainer(VampNetTransformer network, Tensor codebooks, TokenLibrary tokens, GeneratorTrainingOptions options, RunFolder run, TrainingLog log, Device device) : IDisposable
{
    private const double GradientNorm = 1;
    private const int WarmUp = 100;

    private readonly AdamW _optimizer = optim.AdamW(network.parameters().Where(p => p.requires_grad), options.LearningRate, 0.9, 0.98, weight_decay: 0.01);
    private readonly Excerpts _excerpts = new([.. tokens.Training.Select(t => (long)t.Frames)]);
    private readonly GeneratorValidation _validation = new(network, codebooks, tokens, options.Frames, device);

    private TrainingLoop Loop => new(network, _optimizer, run, log, options.Steps, options.ValidateEvery);

    /// <summary>Runs to the last step, from wherever the run folder stands.</summary>
    /// <param name="metadata">stored with the weights</param>
    public void Train(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        Loop.Run(Step, _validation.Measure, metadata, cancellationToken);

    public void Dispose()
    {
        _optimizer.Dispose();
        _validation.Dispose();
    }

    private void Step(long step)
    {
        using var scope = NewDisposeScope();
        var random = new Random(unchecked(options.Seed * 1_000_003 + (int)step)); // a resumed run draws what an undisturbed one would
        Loop.SetLearningRate(step, options.LearningRate, WarmUp);

        var places = Enumerable.Range(0, options.Batch).Select(_ => _excerpts.Draw(random, options.Frames));
        using var batch = MaskedBatch.Create(
            [.. places.Select(p => tokens.Training[p.Track].SliceFrames((int)p.Start, options.Frames))],
            network.Options, _ => MaskSchedule.Gamma(random.NextDouble()), random, device);

        network.train();
        var loss = MaskedLoss.Compute(network.Forward(network.Embed(batch.Input, codebooks)), batch.Target, MaskedLoss.LabelSmoothing);
        _optimizer.zero_grad();
        loss.backward();
        var norm = nn.utils.clip_grad_norm_(network.parameters(), GradientNorm);
        _optimizer.step();

        if (step % 20 == 0)
            log.Write("train", step, ("loss", loss.item<float>()), ("norm", norm));
    }
}
