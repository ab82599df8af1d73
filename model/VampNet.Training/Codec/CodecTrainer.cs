using VampNet.Model.Codec;
using VampNet.Model.Layers;
using VampNet.Training.Data;
using VampNet.Training.Losses;
using VampNet.Training.Runs;
using static TorchSharp.torch;

namespace VampNet.Training.Codec;

/// <summary>How a codec is trained.</summary>
public sealed record CodecTrainingOptions
{
    /// <summary>Optimiser steps in all.</summary>
    public int Steps { get; init; } = 5000;

    /// <summary>Steps before the quantiser is switched on; its codebooks are then initialised from data.</summary>
    public int ContinuousSteps { get; init; } = 300;

    /// <summary>
    /// Steps in which a codec that finds its phases is judged by its magnitudes; after them, by its sound, which takes far longer.
    /// </summary>
    public int MagnitudeSteps { get; init; } = 3000;

    /// <summary>Excerpts a step.</summary>
    public int Batch { get; init; } = 12;

    /// <summary>Length of an excerpt in frames.</summary>
    public int Frames { get; init; } = 96;

    /// <summary>Highest learning rate; it rises over 50 steps and falls to a hundredth along a cosine.</summary>
    public double LearningRate { get; init; } = 1e-3;

    public int ValidateEvery { get; init; } = 200;

    public int Seed { get; init; } = 1;

    /// <summary>null = none.</summary>
    public AdversarialOptions? Adversarial { get; init; }

    /// <summary>Encoder and codebooks stay as they are, and so do the tokens of any music.</summary>
    public bool DecoderOnly { get; init; }
}

/// <summary>Trains a codec: reconstruction and quantiser losses, codebooks started from data, dead entries revived.</summary>
public sealed class CodecTrainer : IDisposable
{
    private const double GradientNorm = 1, Beta1 = 0.9, Beta2 = 0.99, WeightDecay = 1e-3;
    private const double CommitmentWeight = 0.25, WholeShare = 0.5;
    private const int InitializationBatches = 48, WarmUp = 50;
    private const double Quiet = 1e-5; // −50 dB: there is little to learn from silence
    private const int Attempts = 8;
    private const int JudgedSamples = 16_384; // about as long as the Descript codec's excerpts

    private enum Stage
    {
        /// <summary>Nothing is quantised yet.</summary>
        Continuous,

        /// <summary>Everything learns.</summary>
        Whole,

        /// <summary>Tokens are what they are.</summary>
        Decoder,
    }

    private readonly CodecNetwork _network;
    private readonly MusicLibrary _music;
    private readonly CodecTrainingOptions _options;
    private readonly Device _device;
    private readonly Learner _learner;
    private readonly ReconstructionLoss _loss;
    private readonly MagnitudeLoss? _magnitudes; // null = it does not find its phases
    private readonly Excerpts _excerpts;
    private readonly CodebookUsage _usage;
    private readonly CodecValidation? _validation;
    private readonly Adversary? _adversary;

    public CodecTrainer(CodecNetwork network, MusicLibrary music, CodecTrainingOptions options, Device device)
    {
        (_network, _music, _options, _device) = (network, music, options, device);
        foreach (var (name, parameter) in network.named_parameters())
            parameter.requires_grad = !options.DecoderOnly || CodecNetwork.IsDecoders(name);
        foreach (var parameter in network.Quantizer.Quantizers.Take(network.Quantizer.OutlineCodebooks).SelectMany(q => q.parameters()))
            parameter.requires_grad = false; // clusters of spectra they stay: what is learnt by a loss is what that pays for
        _learner = new Learner(
            network, new LearningRates(LearningRateSchedule.Cosine, options.LearningRate, WarmUp, options.Steps), Beta1, Beta2, WeightDecay,
            GradientNorm);
        _magnitudes = network is SpectralCodec spectral ? new MagnitudeLoss(network.SampleRate, spectral.Window, device) : null;
        _loss = new ReconstructionLoss(network.SampleRate, phases: _magnitudes is null, device);
        _excerpts = new Excerpts([.. music.Training.Select(t => t.Samples)]);
        _usage = new CodebookUsage(network.Quantizer);
        _validation = music.HeldOut.Count == 0 ? null : new CodecValidation(network, music.HeldOut, device);
        _adversary = options.Adversarial is null ? null : new Adversary(options.Adversarial, options.Steps, device);
    }

    /// <summary>Runs to the last step, from wherever the run folder stands.</summary>
    /// <param name="metadata">stored with the weights</param>
    public void Train(RunFolder run, TrainingLog log, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        Kept[] kept = [
            Kept.Weights(RunFolder.ModelFile, _network, metadata), _learner.Kept("optimizer.bin"),
            Kept.Binary("codebooks.bin", _usage.Save, _usage.Load), .. _adversary?.Kept ?? []];
        new TrainingLoop(kept, run, log, _options.Steps, _options.ValidateEvery, _options.Seed)
            .Run(_learner.Count, Step, _validation is null ? null : _validation.MeasureSome, cancellationToken);
    }

    public void Dispose()
    {
        _learner.Dispose();
        _loss.Dispose();
        _magnitudes?.Dispose();
        _validation?.Dispose();
        _adversary?.Dispose();
    }

    private IReadOnlyList<(string, double)> Step(long step, Random random)
    {
        var stage = _options.DecoderOnly ? Stage.Decoder : step < _options.ContinuousSteps ? Stage.Continuous : Stage.Whole;
        if (stage == Stage.Whole && step == _options.ContinuousSteps)
            InitializeQuantizer();
        using var scope = NewDisposeScope();
        _network.train();
        var audio = Batch(random);
        var encoding = _network.Encode(audio);
        var quantization = stage == Stage.Continuous ? null : _network.Quantizer.Quantize(encoding, UsedCodebooks(random));
        var z = quantization?.Quantized ?? encoding.Whole;
        var byMagnitudes = stage != Stage.Decoder && _magnitudes is not null && step < _options.MagnitudeSteps;
        var decoded = byMagnitudes ? null : _network.Decode(z);
        var (loss, mel) = decoded is null ? CompareMagnitudes(audio, z) : _loss.Compute(audio, decoded);
        if (stage == Stage.Whole)
            loss = loss.Plus(quantization!.CodebookLoss).Plus(quantization.CommitmentLoss.Times(CommitmentWeight));
        var (judged, apart) = Judge(step, audio, decoded, random);
        if (judged is not null)
            loss = loss.Plus(judged);
        var norm = _learner.Step(step, loss);
        var revived = stage == Stage.Whole ? _usage.Update(quantization!, random) : 0;
        if (!TrainingLoop.Logs(step))
            return [];
        (string, double)[] codes = stage == Stage.Whole ? [("codebook", quantization!.CodebookLoss.Number()), ("revived", revived)] : [];
        (string, double)[] adversarial = judged is null ? [] : [("judged", judged.Number()), ("discriminators", apart)];
        return [("loss", loss.Number()), (byMagnitudes ? "bands" : "mel", mel.Number()), ("norm", norm), .. codes, .. adversarial];
    }

    private (Tensor Loss, Tensor Mel) CompareMagnitudes(Tensor audio, Tensor z)
    {
        var codec = (SpectralCodec)_network;
        return _magnitudes!.Compute(codec.Magnitudes(audio), codec.DecodeMagnitudes(z));
    }

    /// <summary>The discriminators learn from a stretch of the batch, then say what they think of it.</summary>
    private (Tensor? Judged, double Apart) Judge(long step, Tensor audio, Tensor? decoded, Random random)
    {
        if (decoded is null || _adversary is null || !_adversary.IsActive(step))
            return (null, 0);
        var length = Math.Min(JudgedSamples, audio.size(1));
        var start = random.NextInt64(audio.size(1) - length + 1);
        var (real, fake) = (audio.narrow(1, start, length), decoded.narrow(1, start, length));
        var apart = _adversary.Learn(step, real, fake);
        return (_adversary.Judge(real, fake), apart);
    }

    /// <summary>Half of the items use every codebook, the others a random number of them (quantiser dropout).</summary>
    private Tensor UsedCodebooks(Random random)
    {
        var all = _network.Quantizer.Quantizers.Count;
        var used = Enumerable.Range(0, _options.Batch).Select(_ => random.NextDouble() < WholeShare ? (long)all : random.Next(1, all + 1))
            .ToArray();
        return tensor(used, [_options.Batch], device: _device);
    }

    private Tensor Batch(Random random)
    {
        var length = _options.Frames * _network.Hop;
        var samples = new float[_options.Batch * length];
        for (var i = 0; i < _options.Batch; i++)
        {
            var excerpt = samples.AsSpan(i * length, length);
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var (track, start) = _excerpts.Draw(random, length);
                _music.Training[track].Read(start, excerpt);
                if (MeanSquare(excerpt) > Quiet)
                    break;
            }
            var gain = MathF.Pow(10, (random.NextSingle() * 12 - 8) / 20); // −8 to +4 dB
            foreach (ref var sample in excerpt)
                sample *= gain;
        }
        return tensor(samples, [_options.Batch, length], device: _device);
    }

    private static double MeanSquare(ReadOnlySpan<float> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
            sum += sample * sample;
        return sum / samples.Length;
    }

    private void InitializeQuantizer()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var random = new Random(_options.Seed);
        var parts = Enumerable.Range(0, InitializationBatches).Select(_ =>
        {
            using var inner = NewDisposeScope(); // spectra through long windows take far more memory than what is made of them
            var encoding = _network.Encode(Batch(random));
            return new Encoding(encoding.Outline.MoveToOuterDisposeScope(), encoding.Detail?.MoveToOuterDisposeScope());
        }).ToList();
        var detail = parts[0].Detail is null ? null : cat([.. parts.Select(part => part.Detail!)]);
        _network.Quantizer.InitializeFrom(new Encoding(cat([.. parts.Select(part => part.Outline)]), detail), random);
    }
}
