using Grpc.Core;
using VampNet.Protos.Models.V1;

namespace VampNet.Gateway.Stages;

/// <summary>The models of the mesh: those that every stage serves, as its codec describes them.</summary>
internal sealed class ModelGrpcService(StageClients stages) : ModelService.ModelServiceBase
{
    public override async Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context)
    {
        var calls = stages.Models.Select(stage => stage.ListModelsAsync(request, deadline: context.Deadline, cancellationToken: context.CancellationToken).ResponseAsync);
        var lists = await Task.WhenAll(calls);
        return new ListModelsResponse { Models = { lists[0].Models.Where(model => lists.All(list => list.Models.Any(other => other.Name == model.Name))) } };
    }
}
