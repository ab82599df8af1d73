using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Client;

/// <summary>Tokens of encoded audio, and what is needed to restore it.</summary>
/// <param name="Header">sizes, gain and loudness, as the codec tells them before the tokens</param>
/// <param name="Channels">one, or left and right</param>
public sealed record EncodedAudio(EncodeHeader Header, IReadOnlyList<TokenTensor> Channels)
{
    /// <summary>Of the first channel: the mix or left.</summary>
    public TokenTensor Tokens => Channels[0];
}

/// <summary>
/// A client of the gateway: the whole pipeline, and every stage by itself. Errors are <see cref="RpcException"/>s with
/// the status and details of the stage that failed.
/// </summary>
public sealed class VampNetClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly VampService.VampServiceClient _vamp;
    private readonly CodecService.CodecServiceClient _codec;
    private readonly GeneratorClient _coarse, _fine;
    private readonly BeatService.BeatServiceClient _beats;
    private readonly ModelService.ModelServiceClient _models;

    /// <param name="gateway">such as http://localhost:5100</param>
    public VampNetClient(Uri gateway) : this(GrpcChannel.ForAddress(gateway))
    {
    }

    /// <param name="channel">to the gateway; closed with this client</param>
    public VampNetClient(GrpcChannel channel)
    {
        _channel = channel;
        (_vamp, _codec, _beats, _models) = (new(channel), new(channel), new(channel), new(channel));
        (_coarse, _fine) = (new(channel, GeneratorStage.Coarse), new(channel, GeneratorStage.Fine));
    }

    /// <summary>Vamps audio; the answers come as they are made: started, progress, mask, tokens, audio, summary.</summary>
    /// <param name="config">what is to be made of the audio; its prompt is required</param>
    /// <param name="audio">in the format that <see cref="VampConfig.Input"/> says, read to its end</param>
    /// <param name="options">deadline, metadata and cancellation of the call</param>
    /// <param name="cancellationToken">cancels the call, as does the token in <paramref name="options"/></param>
    public async IAsyncEnumerable<VampResponse> VampAsync(
        VampConfig config, Stream audio, CallOptions options = default,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, cancellationToken);
        using var call = _vamp.Vamp(options.WithCancellationToken(either.Token));
        var chunks = AudioChunks.ReadAsync(audio, either.Token);
        await foreach (var response in call.ExchangeAsync(
            new VampRequest { Config = config }, chunks, chunk => new VampRequest { Audio = chunk }))
            yield return response;
    }

    /// <summary>What a prompt would keep of audio, without generating.</summary>
    /// <param name="config">as for <see cref="VampAsync"/></param>
    /// <param name="audio">in the format that <see cref="VampConfig.Input"/> says, read to its end</param>
    /// <param name="options">deadline, metadata and cancellation of the call</param>
    public async Task<PreviewResponse> PreviewAsync(VampConfig config, Stream audio, CallOptions options = default)
    {
        using var call = _vamp.Preview(options);
        await call.RequestStream.UploadAsync(
            new PreviewRequest { Config = config }, AudioChunks.ReadAsync(audio, options.CancellationToken),
            chunk => new PreviewRequest { Audio = chunk });
        return await call;
    }

    /// <summary>What a prompt keeps of audio, as a .vamp file.</summary>
    /// <param name="config">as for <see cref="VampAsync"/></param>
    /// <param name="audio">in the format that <see cref="VampConfig.Input"/> says, read to its end</param>
    /// <param name="options">deadline, metadata and cancellation of the call</param>
    public async Task<CompressResponse> CompressAsync(VampConfig config, Stream audio, CallOptions options = default)
    {
        using var call = _vamp.Compress(options);
        await call.RequestStream.UploadAsync(
            new CompressRequest { Config = config }, AudioChunks.ReadAsync(audio, options.CancellationToken),
            chunk => new CompressRequest { Audio = chunk });
        return await call;
    }

    /// <summary>Music of a .vamp file; answers come as those of <see cref="VampAsync"/>.</summary>
    /// <param name="config">format of the output, and what is sent with it; every field has a default</param>
    /// <param name="file">read to its end</param>
    /// <param name="options">deadline, metadata and cancellation of the call</param>
    /// <param name="cancellationToken">cancels the call, as does the token in <paramref name="options"/></param>
    public async IAsyncEnumerable<VampResponse> ExpandAsync(
        ExpandConfig config, Stream file, CallOptions options = default,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, cancellationToken);
        using var call = _vamp.Expand(options.WithCancellationToken(either.Token));
        var chunks = AudioChunks.ReadAsync(file, either.Token);
        await foreach (var response in call.ExchangeAsync(
            new ExpandRequest { Config = config }, chunks, chunk => new ExpandRequest { File = chunk }))
            yield return response.Event;
    }

    /// <summary>Tokens of audio.</summary>
    /// <param name="audio">in the format that <see cref="EncodeConfig.Input"/> says, read to its end</param>
    /// <param name="config">null: the mix of an audio file, as it is</param>
    /// <param name="options">deadline, metadata and cancellation of the call</param>
    public async Task<EncodedAudio> EncodeAsync(Stream audio, EncodeConfig? config = null, CallOptions options = default)
    {
        using var call = _codec.Encode(options);
        var request = new EncodeRequest { Config = config ?? new EncodeConfig() };
        EncodeHeader? header = null;
        var blocks = new List<EncodeResponse>();
        await foreach (var response in call.ExchangeAsync(
            request, AudioChunks.ReadAsync(audio, options.CancellationToken), chunk => new EncodeRequest { Audio = chunk }))
        {
            if (response.Header is not null)
                header = response.Header;
            else
                blocks.Add(response);
        }
        var channels = blocks.GroupBy(b => b.Channel, b => b.Tokens).OrderBy(c => c.Key).Select(c => TokenBlocks.Join([.. c]));
        return new EncodedAudio(header ?? throw new InvalidDataException("the codec sent no header"), [.. channels]);
    }

    /// <summary>What the codec serves.</summary>
    public Task<GetCodecResponse> GetCodecAsync(GetCodecRequest request, CallOptions options = default) =>
        _codec.GetCodecAsync(request, options).ResponseAsync;

    /// <summary>Audio of tokens, written to <paramref name="destination"/> as it arrives.</summary>
    public async Task<AudioHeader> DecodeAsync(TokenTensor tokens, DecodeConfig config, Stream destination, CallOptions options = default)
    {
        using var call = _codec.Decode(options);
        var blocks = TokenBlocks.Split(tokens).ToAsyncEnumerable();
        AudioHeader? header = null;
        await foreach (var response in call.ExchangeAsync(
            new DecodeRequest { Config = config }, blocks, block => new DecodeRequest { Tokens = block }))
        {
            if (response.Header is { } first)
                header = first;
            else
                await destination.WriteAsync(response.Audio.Memory, options.CancellationToken);
        }
        return header ?? throw new InvalidDataException("the codec sent no header");
    }

    /// <summary>Beats of audio.</summary>
    /// <param name="audio">in the format that <see cref="TrackConfig.Input"/> says, read to its end</param>
    /// <param name="config">null: of the bytes of an audio file, by the default model</param>
    /// <param name="options">deadline, metadata and cancellation of the call</param>
    public async Task<TrackResponse> TrackBeatsAsync(Stream audio, TrackConfig? config = null, CallOptions options = default)
    {
        using var call = _beats.Track(options);
        await call.RequestStream.UploadAsync(
            new TrackRequest { Config = config ?? new TrackConfig() }, AudioChunks.ReadAsync(audio, options.CancellationToken),
            chunk => new TrackRequest { Audio = chunk });
        return await call;
    }

    /// <summary>Fills hidden tokens in with one of the two generators.</summary>
    public async Task<TokenTensor> GenerateAsync(
        GeneratorStage stage, GenerateRequest request, IProgress<GenerateProgress>? progress = null, CallOptions options = default)
    {
        using var call = Of(stage).Generate(request, options);
        TokenTensor? found = null;
        // To its end: a call that is left when the tokens are there may look cancelled to the stage.
        await foreach (var response in call.ResponseStream.ReadAllAsync(options.CancellationToken))
        {
            if (response.Tokens is { } tokens)
                found = tokens;
            else
                progress?.Report(response.Progress);
        }
        return found ?? throw new InvalidDataException("the generator sent no tokens");
    }

    /// <summary>What a layer of one of the two transformers makes of tokens; <see cref="Floats.Of"/> reads the data.</summary>
    public Task<EmbedResponse> EmbedAsync(GeneratorStage stage, EmbedRequest request, CallOptions options = default) =>
        Of(stage).EmbedAsync(request, options).ResponseAsync;

    /// <summary>How likely one of the two models finds given tokens; <see cref="Floats.Of"/> reads the data.</summary>
    public Task<ScoreResponse> ScoreAsync(GeneratorStage stage, ScoreRequest request, CallOptions options = default) =>
        Of(stage).ScoreAsync(request, options).ResponseAsync;

    /// <summary>What one of the two generators serves.</summary>
    /// <param name="stage">which of the two</param>
    /// <param name="model">name of a served model; empty = the default</param>
    /// <param name="options">deadline, metadata and cancellation of the call</param>
    public Task<GetModelResponse> GetModelAsync(GeneratorStage stage, string model = "", CallOptions options = default) =>
        Of(stage).GetModelAsync(new GetModelRequest { Model = model }, options).ResponseAsync;

    /// <summary>The models that requests may name, the default first.</summary>
    public async Task<IReadOnlyList<Model>> ListModelsAsync(CallOptions options = default) =>
        (await _models.ListModelsAsync(new ListModelsRequest(), options)).Models;

    /// <summary>Closes the channel to the gateway.</summary>
    public void Dispose() => _channel.Dispose();

    private GeneratorClient Of(GeneratorStage stage) => stage == GeneratorStage.Coarse ? _coarse : _fine;
}
