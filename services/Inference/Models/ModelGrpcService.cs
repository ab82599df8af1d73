using Grpc.Core;
using VampNet.Protos.Models.V1;

namespace VampNet.Services.Inference.Models;

/// <summary>Lists what a stage serves.</summary>
internal sealed class ModelGrpcService(IServedModels models) : ModelService.ModelServiceBase
{
    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListModelsResponse { Models = { models.Served.Select(ToProto) } });

    private static Protos.Models.V1.Model ToProto(ModelInfo info) =>
        new() { Name = info.Name, Package = info.Package, Version = info.Version, Licence = info.Licence, Adapter = info.Adapter };
}
