using Grpc.Core;
using VampNet.Protos.Inference;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>
/// One thing that a stage does, as a model of the protocol: a model has one signature, so a stage that does two things has two of them for
/// each of its own models. It translates, and the stage's own gRPC service does the work, so that every check, limit and queue is the same.
/// </summary>
public interface IInferenceModel
{
    /// <summary>What follows the name of the stage's own model: nothing, or such as ".encode".</summary>
    string Suffix { get; }

    /// <summary>What its work is called in metrics.</summary>
    string Operation { get; }

    /// <summary>The parameters that requests may have.</summary>
    IReadOnlyList<string> Parameters { get; }

    /// <summary>What goes in and what comes out.</summary>
    /// <param name="model">The name of the stage's own model.</param>
    InferenceSignature Describe(string model);

    /// <summary>Does what a request asks for.</summary>
    /// <param name="request">The request, whose tensors have the types and shapes of the signature.</param>
    /// <param name="context">The context of the call, which the stage's own service gets.</param>
    Task<InferenceResult> InferAsync(InferenceCall request, ServerCallContext context);
}

/// <summary>The tensors of a model, all of them required.</summary>
public sealed record InferenceSignature(IReadOnlyList<TensorSpec> Inputs, IReadOnlyList<TensorSpec> Outputs);

/// <summary>A request that fits the signature.</summary>
/// <param name="Model">The name of the stage's own model.</param>
/// <param name="Inputs">The tensors by name.</param>
/// <param name="Parameters">The parameters.</param>
public sealed record InferenceCall(string Model, IReadOnlyDictionary<string, InferTensor> Inputs, InferParameters Parameters);

/// <summary>What a model made.</summary>
/// <param name="Outputs">All tensors of the signature.</param>
public sealed record InferenceResult(params IReadOnlyList<InferTensor> Outputs)
{
    /// <summary>What is no tensor, by name.</summary>
    public IReadOnlyDictionary<string, InferParameter> Parameters { get; init; } = new Dictionary<string, InferParameter>();
}
