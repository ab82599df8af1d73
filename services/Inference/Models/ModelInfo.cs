using Grpc.Core;
using VampNet.Core.Prompts;
using VampNet.Protos.Models.V1;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Mapping;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Inference.Models;

/// <summary>A model that a stage serves.</summary>
/// <param name="Name">what requests call it: that of its package here, and "/adapter" where it has one</param>
/// <param name="Package">what its package calls itself</param>
/// <param name="Version">of the package</param>
/// <param name="Licence">SPDX identifier</param>
/// <param name="Adapter">LoRA adapter that is merged into it; empty = none</param>
/// <param name="Sha256">of the weights that this stage loads, in lower-case hex; empty where it loads none</param>
public sealed record ModelInfo(string Name, string Package, string Version, string Licence, string Adapter, string Sha256)
{
    /// <summary>Prompts by name that suit it.</summary>
    public IReadOnlyList<PromptPreset> Presets { get; init; } = PromptPreset.All;

    /// <summary>As lists of models have it.</summary>
    public Protos.Models.V1.Model ToProto() =>
        new() { Name = Name, Package = Package, Version = Version, License = Licence, Adapter = Adapter };
}

/// <summary>The models that a stage serves, whatever they are.</summary>
public interface IServedModels
{
    /// <summary>The default first.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE: they are still loading</exception>
    IReadOnlyList<ModelInfo> Served { get; }

    /// <summary>What a model has done since it was loaded; nothing where it is not served.</summary>
    /// <param name="model">The name of the model.</param>
    /// <param name="operation">What its work is called in metrics.</param>
    OperationCounts Counts(string model, string operation);
}

/// <summary>Lists what a stage serves.</summary>
internal sealed class ModelGrpcService(IServedModels models) : ModelService.ModelServiceBase
{
    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(ModelPage.Of(
            [.. models.Served.Where(info => AllowedModels.Allows(context, info.Name)).Select(info => info.ToProto())], request));
}
