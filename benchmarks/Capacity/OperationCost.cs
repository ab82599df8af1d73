using System.Globalization;
using VampNet.Benchmarks.Load;
using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Services.Inference.Scheduling;

namespace VampNet.Benchmarks.Capacity;

/// <summary>What one call of a model costs.</summary>
/// <param name="Operation">encode, decode, coarse or fine (one step); or request: what a vamp takes outside the device</param>
/// <param name="Frames">of each sequence</param>
/// <param name="Batch">sequences in the call</param>
/// <param name="Wall">milliseconds by the clock, the whole batch</param>
/// <param name="Processor">milliseconds of all cores together, the whole batch</param>
internal sealed record OperationCost(string Operation, int Frames, int Batch, double Wall, double Processor)
{
    private const int Repeats = 5;

    private static readonly int MaxFrames = new SchedulingOptions().MaxBatchFrames;

    private static readonly double[] Shares = [0.1, 0.2, 0.4, 0.7, 1]; // of the longest window

    /// <summary>The file that the simulation reads.</summary>
    public static IEnumerable<string> Table(IEnumerable<OperationCost> costs) =>
    [
        "operation,frames,batch,wall_ms,processor_ms",
        .. costs.Select(cost => string.Create(
            CultureInfo.InvariantCulture, $"{cost.Operation},{cost.Frames},{cost.Batch},{cost.Wall:0.000},{cost.Processor:0.000}")),
    ];

    /// <summary>Encoding and decoding of chunks, one by one, as the codec takes them on a processor.</summary>
    public static IReadOnlyList<OperationCost> OfCodec(string package, string device)
    {
        using var codec = ModelLoader.LoadCodec(ModelPackage.Open(package), device);
        var costs = new List<OperationCost>();
        foreach (var frames in new[] { 64, 192, 384, CodecChunk.MaxLength })
        {
            var tokens = codec.Encode(new float[frames * codec.Hop], 0, frames);
            costs.Add(Of("encode", frames, () => codec.Encode(new float[frames * codec.Hop], 0, frames)));
            costs.Add(Of("decode", frames, () => codec.Decode(tokens, 0, frames)));
        }
        return [.. costs.OrderBy(cost => cost.Operation).ThenBy(cost => cost.Frames)];
    }

    /// <summary>A step of a generator, the mean over a whole generation from nothing.</summary>
    /// <param name="part">of the model package: coarse or fine</param>
    public static IReadOnlyList<OperationCost> OfGenerator(string part, string package, string device)
    {
        using var generator = ModelLoader.LoadGenerator(
            ModelPackage.Open(package), part, device, Precisions.Resolve(Precisions.Auto, device)); // as a stage does by default
        return [.. from batch in StepProfile.Batches
                   from share in Shares
                   let frames = (int)(share * generator.WindowFrames)
                   where frames * batch <= MaxFrames
                   let runs = Enumerable.Range(0, Repeats).Select(_ => StepProfile.Generate(generator, frames, batch)).ToList()
                   select new OperationCost(
                       part, frames, batch, Middle(runs.Select(run => run.Wall)) / StepProfile.Steps,
                       Middle(runs.Select(run => run.Processor)) / StepProfile.Steps)];
    }

    private static OperationCost Of<T>(string operation, int frames, Func<T> work)
    {
        var (timing, _) = Timing.Measure(operation, Repeats, work);
        return new OperationCost(operation, frames, 1, timing.Median * 1e3, timing.MedianProcessor * 1e3);
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
