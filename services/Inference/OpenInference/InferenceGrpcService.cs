using System.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Core;
using VampNet.Protos.Inference;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Inference.Models;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>
/// A stage for clients of the Open Inference Protocol (docs/open-inference.md): it translates, and the stage's own service works.
/// </summary>
internal sealed class InferenceGrpcService(
    IEnumerable<IInferenceModel> models, IServedModels served, InferCounts counts, StageInfo stage, HealthRegistry health)
    : GRPCInferenceService.GRPCInferenceServiceBase
{
    // By the names that Triton gives them.
    private static readonly string[] s_extensions = ["model_configuration", "parameters", "statistics"];

    private static readonly string s_version =
        typeof(InferenceGrpcService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private bool IsReady => health.Get(stage.Service) == HealthCheckResponse.Types.ServingStatus.Serving;

    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = IsReady });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelReadyResponse
        {
            Ready = IsReady && All().Any(model => model.Name == request.Name && model.IsVersion(request.Version)),
        });

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerMetadataResponse { Name = $"vampnet-{stage.Name}", Version = s_version, Extensions = { s_extensions } });

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(Find(request.Name, request.Version, "name", "version").ToMetadata());

    public override Task<ModelConfigResponse> ModelConfig(ModelConfigRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelConfigResponse { Config = Find(request.Name, request.Version, "name", "version").ToConfig() });

    public override Task<ModelStatisticsResponse> ModelStatistics(ModelStatisticsRequest request, ServerCallContext context)
    {
        var asked = request.Name.Length == 0 ? All() : [Find(request.Name, request.Version, "name", "version")];
        return Task.FromResult(new ModelStatisticsResponse
        {
            ModelStats =
            {
                asked.Select(model => model.ToStatistics(
                    counts.Of(model.Name, model.Version), served.Counts(model.Info.Name, model.Model.Operation))),
            },
        });
    }

    /// <summary>All models of the one repository here, which has no name.</summary>
    public override Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context)
    {
        var index = new RepositoryIndexResponse();
        if (request.RepositoryName.Length == 0)
            index.Models.AddRange(All().Select(model => model.ToIndex()));
        return Task.FromResult(index);
    }

    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        var model = Find(request.ModelName, request.ModelVersion, "model_name", "model_version");
        return counts.CountAsync(model.Name, model.Version, () => InferAsync(model, request, context));
    }

    private static async Task<ModelInferResponse> InferAsync(NamedModel model, ModelInferRequest request, ServerCallContext context)
    {
        var signature = model.Model.Describe(model.Info.Name);
        var parameters = new InferParameters(request.Parameters, model.Model.Parameters);
        var inputs = InferInputs.Read(request, signature.Inputs);
        var wanted = InferOutputs.Wanted(request, signature.Outputs);
        InferenceResult result;
        try
        {
            result = await model.Model.InferAsync(new InferenceCall(model.Info.Name, inputs, parameters), context);
        }
        catch (InvalidRequestException error)
        {
            throw InferFields.Translate(error);
        }
        var response = new ModelInferResponse { ModelName = model.Name, ModelVersion = model.Version, Id = request.Id };
        foreach (var (name, value) in result.Parameters)
            response.Parameters.Add(name, value);
        InferOutputs.Write(
            response, wanted.Select(name => result.Outputs.Single(output => output.Name == name)), request.RawInputContents.Count > 0);
        return response;
    }

    private IReadOnlyList<NamedModel> All() =>
        [.. served.Served.SelectMany(info => models.Select(model => new NamedModel(info.Name + model.Suffix, info, model)))];

    /// <exception cref="RpcException">NOT_FOUND: no such model, or not this version of it</exception>
    private NamedModel Find(string name, string version, string nameField, string versionField)
    {
        var all = All();
        var found = all.FirstOrDefault(model => model.Name == name)
            ?? throw RpcErrors.UnknownModel(nameField, name, [.. all.Select(model => model.Name)]);
        return found.IsVersion(version) ? found : throw RpcErrors.UnknownModel(versionField, version, [found.Version]);
    }
}
