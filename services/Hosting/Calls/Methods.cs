using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Inference;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Vamp.V1;
using Xds.Service.Orca.V3;
using HealthContract = Grpc.Health.V1.Health;

namespace VampNet.Services.Hosting.Calls;

/// <summary>Kinds of calls, by their methods: "/package.Service/Method".</summary>
public static class Methods
{
    private static readonly string HealthService = $"/{HealthContract.Descriptor.FullName}/",
        LiveSessions = $"/{LiveService.Descriptor.FullName}/",
        LoadReports = $"/{OpenRcaService.Descriptor.FullName}/";

    /// <summary>What the Open Inference Protocol asks in the place of the standard health service.</summary>
    private static readonly HashSet<string> InferenceHealth =
    [
        Inference(nameof(GRPCInferenceService.GRPCInferenceServiceBase.ServerLive)),
        Inference(nameof(GRPCInferenceService.GRPCInferenceServiceBase.ServerReady)),
        Inference(nameof(GRPCInferenceService.GRPCInferenceServiceBase.ModelReady)),
    ];

    private static readonly HashSet<string> Questions =
    [
        $"/{CodecService.Descriptor.FullName}/{nameof(CodecService.CodecServiceBase.GetCodec)}",
        $"/{CoarseGeneratorService.Descriptor.FullName}/{nameof(CoarseGeneratorService.CoarseGeneratorServiceBase.GetModel)}",
        $"/{FineGeneratorService.Descriptor.FullName}/{nameof(FineGeneratorService.FineGeneratorServiceBase.GetModel)}",
        $"/{BeatService.Descriptor.FullName}/{nameof(BeatService.BeatServiceBase.GetTracker)}",
        $"/{ModelService.Descriptor.FullName}/{nameof(ModelService.ModelServiceBase.ListModels)}",
        $"/{VampService.Descriptor.FullName}/{nameof(VampService.VampServiceBase.DescribeModel)}",
        Inference(nameof(GRPCInferenceService.GRPCInferenceServiceBase.ServerMetadata)),
        Inference(nameof(GRPCInferenceService.GRPCInferenceServiceBase.ModelMetadata)),
        Inference(nameof(GRPCInferenceService.GRPCInferenceServiceBase.ModelConfig)),
        Inference(nameof(GRPCInferenceService.GRPCInferenceServiceBase.ModelStatistics)),
        Inference(nameof(GRPCInferenceService.GRPCInferenceServiceBase.RepositoryIndex)),
    ];

    /// <summary>Asks whether the server serves.</summary>
    public static bool IsHealth(string method) =>
        method.StartsWith(HealthService, StringComparison.Ordinal) || InferenceHealth.Contains(method);

    /// <summary>Asked on behalf of nobody, by whoever watches the server.</summary>
    public static bool IsProbe(string method) => IsHealth(method) || method.StartsWith(LoadReports, StringComparison.Ordinal);

    /// <summary>Asks what is served, which is answered from memory.</summary>
    public static bool IsQuestion(string method) => Questions.Contains(method);

    /// <summary>It makes something; other calls are answered from memory.</summary>
    public static bool IsWork(string method) => !IsProbe(method) && !IsQuestion(method);

    /// <summary>Goes on for as long as its client likes, which is busy all the time.</summary>
    public static bool IsSession(string method) => method.StartsWith(LiveSessions, StringComparison.Ordinal);

    private static string Inference(string method) => $"/{GRPCInferenceService.Descriptor.FullName}/{method}";
}
