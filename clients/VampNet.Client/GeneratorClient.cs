using Grpc.Core;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Tokens.V1;

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
    private readonly Func<GenerateRequest, CallOptions, AsyncServerStreamingCall<GenerateResponse>> _generate;
    private readonly Func<GetModelRequest, CallOptions, AsyncUnaryCall<GetModelResponse>> _getModel;
    private readonly Func<EmbedRequest, CallOptions, AsyncUnaryCall<EmbedResponse>> _embed;
    private readonly Func<ScoreRequest, CallOptions, AsyncUnaryCall<ScoreResponse>> _score;

    /// <param name="channel">A channel to the stage itself or to a gateway.</param>
    /// <param name="stage">Which of the two generators is called.</param>
    public GeneratorClient(ChannelBase channel, GeneratorStage stage)
    {
        if (stage == GeneratorStage.Coarse)
        {
            var coarse = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel);
            (_generate, _getModel, _embed, _score) = (coarse.Generate, coarse.GetModelAsync, coarse.EmbedAsync, coarse.ScoreAsync);
        }
        else
        {
            var fine = new FineGeneratorService.FineGeneratorServiceClient(channel);
            (_generate, _getModel, _embed, _score) = (fine.Generate, fine.GetModelAsync, fine.EmbedAsync, fine.ScoreAsync);
        }
    }

    /// <summary>Progress after every sampling step, then the tokens.</summary>
    public AsyncServerStreamingCall<GenerateResponse> Generate(GenerateRequest request, CallOptions options = default) =>
        _generate(request, options);

    /// <summary>Fills hidden tokens in.</summary>
    /// <param name="request">The tokens, with MASK where one is to be found, and how to find it.</param>
    /// <param name="stepped">Called after every sampling step; the next response is read when the task that it returns has ended.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    /// <exception cref="InvalidDataException">the generator sent no tokens</exception>
    public async Task<TokenTensor> GenerateAsync(
        GenerateRequest request, Func<GenerateProgress, Task> stepped, CallOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(stepped);
        using var call = Generate(request, options);
        TokenTensor? found = null;
        // Read to its end: a call that is left when the tokens are there may look cancelled to the stage.
        await foreach (var response in call.ResponseStream.ReadAllAsync(options.CancellationToken))
        {
            if (response.Tokens is { } tokens)
                found = tokens;
            else
                await stepped(response.Progress);
        }
        return found ?? throw new InvalidDataException("the generator sent no tokens");
    }

    /// <summary>What the stage serves.</summary>
    public AsyncUnaryCall<GetModelResponse> GetModelAsync(GetModelRequest request, CallOptions options = default) =>
        _getModel(request, options);

    /// <summary>What a layer of the transformer makes of tokens.</summary>
    public AsyncUnaryCall<EmbedResponse> EmbedAsync(EmbedRequest request, CallOptions options = default) => _embed(request, options);

    /// <summary>How likely the model finds given tokens.</summary>
    public AsyncUnaryCall<ScoreResponse> ScoreAsync(ScoreRequest request, CallOptions options = default) => _score(request, options);
}
