using Grpc.Core;
using VampNet.Protos.Models.V1;

namespace VampNet.Gateway.Stages;

/// <summary>The models of the mesh, for clients.</summary>
internal sealed class ModelGrpcService(ServedModels models) : ModelService.ModelServiceBase
{
    public override async Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        new() { Models = { await models.ListAsync(context.StageOptions()) } };
}
