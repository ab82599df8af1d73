using Grpc.Core;
using VampNet.Client;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Stages;

/// <summary>The models of the mesh: those that every stage serves.</summary>
internal sealed class ServedModels(StageClients stages)
{
    /// <summary>As the codec describes them, the default first.</summary>
    public async Task<IReadOnlyList<Model>> ListAsync(CallOptions options)
    {
        var lists = await Task.WhenAll(
            stages.ForRequest().Models.Select(
                stage => stage.RunAsync(options, (client, call) => client.ListAllModelsAsync(call))));
        return [.. lists[0].Where(model => lists.All(list => list.Any(other => other.Name == model.Name)))];
    }

    /// <summary>What the stages serve under a name.</summary>
    /// <param name="name">empty = the default</param>
    /// <param name="field">of the request that has the name</param>
    /// <exception cref="RpcException">NOT_FOUND: a stage does not serve it; says which names all of them serve</exception>
    public async Task<StageModels> GetAsync(string name, CallOptions options, string field = "config.model")
    {
        var request = new GetModelRequest { Model = name };
        var calls = stages.ForRequest();
        var codec = calls.Codec.RunAsync(
            options, (client, call) => client.GetCodecAsync(new GetCodecRequest { Model = name }, call).ResponseAsync);
        var coarse = calls.Coarse.RunAsync(options, (client, call) => client.GetModelAsync(request, call).ResponseAsync);
        var fine = calls.Fine.RunAsync(options, (client, call) => client.GetModelAsync(request, call).ResponseAsync);
        try
        {
            return new StageModels(await codec, await coarse, await fine);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            throw RpcErrors.UnknownModel(field, name, [.. (await ListAsync(options)).Select(model => model.Name)]);
        }
    }
}

/// <summary>One model as its stages serve it.</summary>
internal sealed record StageModels(GetCodecResponse Codec, GetModelResponse Coarse, GetModelResponse Fine)
{
    /// <summary>All codebooks of the codec.</summary>
    public int Codebooks => (int)Fine.Codebooks;

    /// <summary>Those that the coarse model generates.</summary>
    public int CoarseCodebooks => (int)Coarse.Codebooks;
}

/// <summary>The models of the mesh, for clients.</summary>
internal sealed class ModelGrpcService(ServedModels models) : ModelService.ModelServiceBase
{
    public override async Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        ModelPage.Of(await models.ListAsync(context.StageOptions()), request);
}
