using TorchSharp.Modules;
using VampNet.Model.Codec;
using VampNet.Training.Data;
using VampNet.Training.Losses;
using VampNet.Training.Runs;
using static TorchSharp.torch;

namespace VampNet.Training.Codec;

/// <summary>How a codec is trained.</summary>
public sealed record CodecTrainingOptions
{
    /// <summary>Optimiser steps in all.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Steps before the quantiser is switched on; its codebooks are then initialised from data.</summary>
    public int ContinuousSteps { get; init; } = 300;

    /// <summary>Excerpts a step.</summary>
    public int Batch { get; init; } = 12;

    /// <summary>Length of an excerpt in frames.</summary>
    public int Frames { get; init; } = 96;

    /// <summary>Highest learning rate; it rises over 50 steps and falls to a hundredth along a cosine.</summary>
    public double LearningRate { get; init; } = 1e-3;

    public int ValidateEvery { get; init; } = 200;

    public int Seed { get; init; } = 1;
}

/// <summary>Trains a codec: reconstruction and quantiser losses, codebooks started from data, dead entries revived.</summary>
public sealed class CodecTrainer(CodecNetwork network, MusicLibrary music, CodecTrainingOptions options, RunFolder run, TrainingLog log, Device device) : IDisposable
{
    private const double GradientNorm = 1, CommitmentWeight = 0.25, WholeShare = 0.5;
    private const int InitializationBatches = 24, WarmUp = 50;

    private readonly AdamW _optimizer = optim.AdamW(network.parameters(), options.LearningRate, 0.9, 0.99, weight_decay: 1e-3);
    private readonly ReconstructionLoss _loss = new(network.SampleRate, device);
    private readonly Excerpts _excerpts = new([.. music.Training.Select(t => t.Samples)]);
    private readonly CodebookUsage _usage = new(network.Quantizer);
    private readonly CodecValidation _validation = new(network, music.HeldOut, device);

    private TrainingLoop Loop => new(network, _optimizer, run, log, options.Steps, options.ValidateEvery);

    /// <summary>Runs to the last step, from wherever the run folder stands.</summary>
    /// <param name="metadata">stored with the weights</param>
    public void Train(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        Loop.Run(Step, _validation.Measure, metadata, cancellationToken);

    public void Dispose()
    {
        _optimizer.Dispose();
        _loss.Dispose();
        _validation.Dispose();
    }

    private void Step(long step)
    {
        if (step == options.ContinuousSteps)
            InitializeQuantizer();
        using var scope = NewDisposeScope();
        var random = new Random(unchecked(options.Seed * 1_000_003 + (int)step)); // a resumed run draws what an undisturbed one would
        Loop.SetLearningRate(step, options.LearningRate, WarmUp);

        network.train();
        var audio = Batch(random);
        var z = network.Encode(audio);
        var quantized = step >= options.ContinuousSteps;
        Tensor commitment = zeros([], device: device), codebook = zeros([], device: device);
        if (quantized)
        {
            var result = network.Quantizer.Quantize(z, UsedCodebooks(random));
            (z, commitment, codebook) = (result.Quantized, result.CommitmentLoss, result.CodebookLoss);
            _usage.Count(result);
        }
        var (reconstruction, mel) = _loss.Compute(audio, network.Decode(z));
        var loss = reconstruction + codebook + commitment * CommitmentWeight;

        _optimizer.zero_grad();
        loss.backward();
        var norm = nn.utils.clip_grad_norm_(network.parameters(), GradientNorm);
        _optimizer.step();
        var revived = quantized ? _usage.ReviveDead(random) : 0;

        if (step % 20 == 0)
        {
            log.Write("train", step, ("loss", loss.item<float>()), ("mel", mel.item<float>()), ("codebook", codebook.item<float>()),
                ("norm", norm), ("revived", revived));
        }
    }

    /// <summary>Half of the items use every codebook, the others a random number of them (quantiser dropout).</summary>
    private Tensor UsedCodebooks(Random random)
    {
        var all = network.Quantizer.Quantizers.Count;
        var used = Enumerable.Range(0, options.Batch).Select(_ => random.NextDouble() < WholeShare ? (long)all : random.Next(1, all + 1)).ToArray();
        return tensor(used, [options.Batch], device: device);
    }

    private Tensor Batch(Random random)
    {
        var length = options.Frames * network.Hop;
        var samples = new float[options.Batch * length];
        for (var i = 0; i < options.Batch; i++)
        {
            var (track, start) = _excerpts.Draw(random, length);
            var excerpt = samples.AsSpan(i * length, length);
            music.Training[track].Read(start, excerpt);
            var gain = MathF.Pow(10, (random.NextSingle() * 12 - 8) / 20); // −8 to +4 dB
            foreach (ref var sample in excerpt)
                sample *= gain;
        }
        return tensor(samples, [options.Batch, length], device: device);
    }

    private void InitializeQuantizer()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var random = new Random(options.Seed);
        var z = cat([.. Enumerable.Range(0, InitializationBatches).Select(_ => network.Encode(Batch(random)).transpose(1, 2).flatten(0, 1))]);
        network.Quantizer.InitializeFrom(z, random);
    }
}
