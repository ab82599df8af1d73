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
    private static readonly int MaxFrames = new SchedulingOptions().MaxBatchFrames;

    private static readonly double[] Shares = [0.1, 0.2, 0.4, 0.7, 1]; // of the longest window

    /// <summary>Of the file that the simulation reads.</summary>
    public const string Header = "operation,frames,batch,wall_ms,processor_ms";

    /// <summary>A line of that file.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Operation},{Frames},{Batch},{Wall:0.000},{Processor:0.000}");

    /// <summary>Of two measurements of the same operations.</summary>
    public static IEnumerable<OperationCost> Mean(IEnumerable<OperationCost> first, IEnumerable<OperationCost> second) =>
        first.Zip(second, (a, b) => a with { Wall = (a.Wall + b.Wall) / 2, Processor = (a.Processor + b.Processor) / 2 });

    /// <summary>Encoding and decoding of chunks, one by one, as the codec takes them on a processor.</summary>
    public static IReadOnlyList<OperationCost> OfCodec(string package, string device, int repeats)
    {
        using var codec = ModelLoader.LoadCodec(ModelPackage.Open(package), device);
        var costs = new List<OperationCost>();
        foreach (var frames in new[] { 64, 192, 384, CodecChunk.MaxLength })
        {
            var tokens = codec.Encode(new float[frames * codec.Hop], 0, frames);
            costs.Add(Of("encode", frames, repeats, () => codec.Encode(new float[frames * codec.Hop], 0, frames)));
            costs.Add(Of("decode", frames, repeats, () => codec.Decode(tokens, 0, frames)));
        }
        return [.. costs.OrderBy(cost => cost.Operation).ThenBy(cost => cost.Frames)];
    }

    /// <summary>A step of a generator, the mean over a whole generation from nothing.</summary>
    /// <param name="part">of the model package: coarse or fine</param>
    public static IReadOnlyList<OperationCost> OfGenerator(string part, string package, string device, int repeats)
    {
        using var generator = ModelLoader.LoadGenerator(
            ModelPackage.Open(package), part, device, Precisions.Resolve(Precisions.Auto, device)); // as a stage does by default
        StepProfile.Generate(generator, generator.WindowFrames, batch: 1); // which warms it up
        return [.. from batch in StepProfile.Batches
                   from share in Shares
                   let frames = (int)(share * generator.WindowFrames)
                   where frames * batch <= MaxFrames
                   let runs = Enumerable.Range(0, repeats).Select(_ => StepProfile.Generate(generator, frames, batch)).ToList()
                   select new OperationCost(
                       part, frames, batch, Middle(runs.Select(run => run.Wall)) / StepProfile.Steps,
                       Middle(runs.Select(run => run.Processor)) / StepProfile.Steps)];
    }

    private static OperationCost Of<T>(string operation, int frames, int repeats, Func<T> work)
    {
        var (timing, _) = Timing.Measure(operation, repeats, work);
        return new OperationCost(operation, frames, 1, timing.Median * 1e3, timing.MedianProcessor * 1e3);
    }

    /// <summary>The median.</summary>
    public static double Middle(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
