using System.Diagnostics;
using TorchSharp;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;
using VampNet.Services.Inference.Scheduling;
using static TorchSharp.torch;

namespace VampNet.Benchmarks.Load;

/// <summary>Where the time of a sampling step goes: per sequence, in batches of one to many, without gRPC.</summary>
/// <param name="Frames">of each sequence</param>
/// <param name="Batch">sequences</param>
/// <param name="Layers">milliseconds of a sequence in the transformer's layers</param>
/// <param name="Logits">in the classifier, were all tokens hidden</param>
/// <param name="Step">of the whole step: layers, classifier, draw, and hiding again; the mean over a whole generation</param>
/// <param name="Processor">of the whole step, of all cores together</param>
internal sealed record StepProfile(string Part, int Frames, int Batch, double Layers, double Logits, double Step, double Processor)
{
    /// <summary>Of a measured generation.</summary>
    public const int Steps = 12;

    private const int Repeats = 3;

    private static readonly int MaxFrames = new SchedulingOptions().MaxBatchFrames;

    public static IReadOnlyList<int> Batches { get; } = [1, 2, 4, 8];

    /// <summary>The fastest of a few runs each, up to the frames that a batch has at most.</summary>
    public static IReadOnlyList<StepProfile> Measure(string part, LoadOptions options)
    {
        var package = ModelPackage.Open(options.Package);
        using var generator = ModelLoader.LoadGenerator(package, part, options.Device);
        using var network = ModelLoader.LoadTransformer(package, part);
        network.to(new Device(options.Device)).eval();
        // Short ones, and the longest.
        return [.. from frames in new[] { generator.WindowFrames / 10, generator.WindowFrames / 3, generator.WindowFrames }
                   from batch in Batches
                   where frames * batch <= MaxFrames
                   select Of(part, generator, network, frames, batch, options.Device)];
    }

    private static StepProfile Of(
        string part, TokenGenerator generator, Model.Transformer.VampNetTransformer network, int frames, int batch, string device)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var latents = randn(1, network.Options.Codebooks * network.Options.LatentDimension, frames * batch).to(new Device(device));
        int[] lengths = [.. Enumerable.Repeat(frames, batch)];
        var transformed = network.Transform(latents, lengths);
        var layers = Fastest(() => network.Transform(latents, lengths).cpu());
        var logits = Fastest(() =>
        {
            for (var codebook = 0; codebook < network.Options.PredictedCodebooks; codebook++)
                network.Logits(transformed, codebook).cpu();
        });
        var runs = Enumerable.Range(0, Repeats + 1).Select(_ => Generate(generator, frames, batch)).Skip(1).ToList();
        return new StepProfile(
            part, frames, batch, layers / batch, logits / batch, runs.Min(r => r.Wall) / Steps / batch,
            runs.Min(r => r.Processor) / Steps / batch);
    }

    /// <summary>Generations from nothing, side by side.</summary>
    /// <returns>milliseconds of all steps, by the clock and of all cores together</returns>
    public static (double Wall, double Processor) Generate(TokenGenerator generator, int frames, int batch)
    {
        var conditioning = new TokenGrid(
            Math.Max(1, generator.ConditioningCodebooks), frames, new ushort[Math.Max(1, generator.ConditioningCodebooks) * frames]);
        var hidden = generator.ConditioningCodebooks > 0
            ? conditioning.ExtendCodebooks(generator.Codebooks)
            : new TokenGrid(1, frames, [.. Enumerable.Repeat(TokenGrid.Mask, frames)]).ExtendCodebooks(generator.Codebooks);
        var generations = Enumerable.Range(0, batch).Select(i => generator.Begin(hidden, new SamplingOptions { Steps = Steps }, (ulong)i))
            .ToList();
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        for (var step = 0; step < Steps; step++)
        {
            generator.Advance(generations.ConvertAll(generation => generation.Current!));
            generations.ForEach(generation => generation.Stepped());
        }
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
    }

    private static double Fastest(Action work)
    {
        work();
        return Enumerable.Range(0, Repeats).Min(_ =>
        {
            using var scope = NewDisposeScope();
            var start = Stopwatch.GetTimestamp();
            work();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
    }
}
