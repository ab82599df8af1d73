using VampNet.Protos.Inference;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>A model under the name that the protocol has for it, and what the protocol says of it.</summary>
/// <param name="Name">that of the stage's own model, and the suffix of what it does</param>
/// <param name="Info">the stage's own model</param>
internal sealed record NamedModel(string Name, ModelInfo Info, IInferenceModel Model)
{
    private const string Backend = "torchsharp";

    private static readonly Dictionary<string, DataType> s_types = new()
    {
        [ElementTypes.Floats] = DataType.TypeFp32,
        [ElementTypes.Integers] = DataType.TypeInt32,
    };

    /// <summary>That of the package.</summary>
    public string Version => Info.Version;

    /// <summary>Empty stands for the one that is served.</summary>
    public bool IsVersion(string version) => version.Length == 0 || version == Version;

    public ModelMetadataResponse ToMetadata()
    {
        var signature = Model.Describe(Info.Name);
        return new ModelMetadataResponse
        {
            Name = Name,
            Versions = { Version },
            Platform = Backend,
            Inputs = { signature.Inputs.Select(ToMetadata) },
            Outputs = { signature.Outputs.Select(ToMetadata) },
            Properties =
            {
                ["package"] = Info.Package,
                ["license"] = Info.Licence,
                ["sha256"] = Info.Sha256,
                ["parameters"] = string.Join(", ", Model.Parameters),
            },
        };
    }

    public ModelConfig ToConfig()
    {
        var signature = Model.Describe(Info.Name);
        return new ModelConfig
        {
            Name = Name,
            Platform = Backend,
            Backend = Backend,
            MaxBatchSize = 0, // requests share batches by themselves, whatever their lengths
            Input = { signature.Inputs.Select(t => new ModelInput { Name = t.Name, DataType = s_types[t.Type], Dims = { t.Shape } }) },
            Output = { signature.Outputs.Select(t => new ModelOutput { Name = t.Name, DataType = s_types[t.Type], Dims = { t.Shape } }) },
            ModelTransactionPolicy = new ModelTransactionPolicy { Decoupled = false },
        };
    }

    public RepositoryIndexResponse.Types.ModelIndex ToIndex() => new() { Name = Name, Version = Version, State = "READY" };

    /// <param name="calls">of this protocol</param>
    /// <param name="work">of the stage's own model, for all callers</param>
    public ModelStatistics ToStatistics(CallCounts calls, OperationCounts work) => new()
    {
        Name = Name,
        Version = Version,
        LastInference = (ulong)(calls.LastCall?.ToUnixTimeMilliseconds() ?? 0),
        InferenceCount = (ulong)calls.Done.Count,
        ExecutionCount = (ulong)work.Batches.Values.Sum(batches => batches.Count),
        InferenceStats = new InferStatistics
        {
            Success = ToProto(calls.Done),
            Fail = ToProto(calls.Failed),
            Queue = ToProto(work.Queue),
            ComputeInput = new StatisticDuration(),
            ComputeInfer = ToProto(work.Compute),
            ComputeOutput = new StatisticDuration(),
            CacheHit = new StatisticDuration(),
            CacheMiss = new StatisticDuration(),
        },
        BatchStats =
        {
            work.Batches.OrderBy(batches => batches.Key).Select(batches => new InferBatchStatistics
            {
                BatchSize = (ulong)batches.Key,
                ComputeInput = new StatisticDuration(),
                ComputeInfer = ToProto(batches.Value),
                ComputeOutput = new StatisticDuration(),
            }),
        },
    };

    private static ModelMetadataResponse.Types.TensorMetadata ToMetadata(TensorSpec tensor) =>
        new() { Name = tensor.Name, Datatype = tensor.Type, Shape = { tensor.Shape } };

    private static StatisticDuration ToProto(Total total) =>
        new() { Count = (ulong)total.Count, Ns = (ulong)(total.Time.Ticks * TimeSpan.NanosecondsPerTick) };
}
