using Grpc.Core;
using VampNet.Protos.Generator.V1;

namespace VampNet.Client;

/// <summary>One of the two generators.</summary>
public enum GeneratorStage
{
    /// <summary>The leading codebooks.</summary>
    Coarse,

    /// <summary>The other codebooks, given the leading ones.</summary>
    Fine,
}

/// <summary>
/// Calls to one of the two generators, whose services have the same methods. (What protoc makes of them are two classes that nothing
/// joins.)
/// </summary>
public sealed class GeneratorClient
{
    private readonly CoarseGeneratorService.CoarseGeneratorServiceClient? _coarse;
    private readonly FineGeneratorService.FineGeneratorServiceClient _fine = null!;

    /// <param name="channel">to the stage itself or to a gateway</param>
    /// <param name="stage">which of the two</param>
    public GeneratorClient(ChannelBase channel, GeneratorStage stage)
    {
        if (stage == GeneratorStage.Coarse)
            _coarse = new(channel);
        else
            _fine = new(channel);
    }

    /// <summary>Progress after every sampling step, then the tokens.</summary>
    public AsyncServerStreamingCall<GenerateResponse> Generate(GenerateRequest request, CallOptions options = default) =>
        _coarse is not null ? _coarse.Generate(request, options) : _fine.Generate(request, options);

    /// <summary>What the stage serves.</summary>
    public AsyncUnaryCall<GetModelResponse> GetModelAsync(GetModelRequest request, CallOptions options = default) =>
        _coarse is not null ? _coarse.GetModelAsync(request, options) : _fine.GetModelAsync(request, options);

    /// <summary>What a layer of the transformer makes of tokens.</summary>
    public AsyncUnaryCall<EmbedResponse> EmbedAsync(EmbedRequest request, CallOptions options = default) =>
        _coarse is not null ? _coarse.EmbedAsync(request, options) : _fine.EmbedAsync(request, options);

    /// <summary>How likely the model finds given tokens.</summary>
    public AsyncUnaryCall<ScoreResponse> ScoreAsync(ScoreRequest request, CallOptions options = default) =>
        _coarse is not null ? _coarse.ScoreAsync(request, options) : _fine.ScoreAsync(request, options);
}
