using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Core;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Client;

/// <summary>
/// A client of the gateway: the whole pipeline, and every stage by itself. Errors are <see cref="RpcException"/>s with
/// the status and details of the stage that failed.
/// </summary>
public sealed class VampNetClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly VampService.VampServiceClient _vamp;
    private readonly LiveService.LiveServiceClient _live;
    private readonly CodecService.CodecServiceClient _codec;
    private readonly GeneratorClient _coarse, _fine;
    private readonly BeatService.BeatServiceClient _beats;
    private readonly ModelService.ModelServiceClient _models;

    /// <param name="gateway">The address of the gateway, such as http://localhost:5100.</param>
    /// <param name="options">Who calls, and whose certificates are trusted; null stands for nobody, and for the system's.</param>
    /// <exception cref="ArgumentException">an API key would be sent to another machine in clear text</exception>
    public VampNetClient(Uri gateway, VampNetClientOptions? options = null) : this(GatewayChannel.Open(gateway, options ?? new()))
    {
    }

    /// <param name="channel">A channel to the gateway; it is closed with this client.</param>
    public VampNetClient(GrpcChannel channel)
    {
        _channel = channel;
        (_vamp, _live, _codec, _beats, _models) = (new(channel), new(channel), new(channel), new(channel), new(channel));
        (_coarse, _fine) = (new(channel, GeneratorStage.Coarse), new(channel, GeneratorStage.Fine));
    }

    /// <summary>Vamps audio; the answers come as they are made: started, progress, mask, tokens, audio, summary.</summary>
    /// <param name="config">What is to be made of the audio; its prompt is required.</param>
    /// <param name="audio">The audio in the format that <see cref="VampConfig.Input"/> says; it is read to its end.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    /// <param name="cancellationToken">Cancels the call, as does the token in <paramref name="options"/>.</param>
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

    /// <summary>
    /// Vamps audio as <see cref="VampAsync"/> does; but where the gateway or the connection to it is lost, the request is sent again with
    /// the seed of the first time, and the answers go on where they broke off: nobody notices but by the time that it takes.
    /// </summary>
    /// <param name="config">What is to be made of the audio; its prompt is required.</param>
    /// <param name="audio">The audio, read from where it stands to its end; it has to be able to seek back to there.</param>
    /// <param name="repeats">How often in a row the request is sent again, at most, without an answer that is new; at least 0.</param>
    /// <param name="options">Deadline of all attempts together, and metadata and cancellation of the call.</param>
    /// <param name="cancellationToken">Cancels the call, as does the token in <paramref name="options"/>.</param>
    /// <exception cref="RpcException">
    /// what the last time ended with; ABORTED: meanwhile the weights have changed, so that the same request makes other music
    /// </exception>
    public async IAsyncEnumerable<VampResponse> VampWithRetriesAsync(
        VampConfig config, Stream audio, int repeats, CallOptions options = default,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(audio);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, cancellationToken);
        using var delivered = new DeliveredVamp();
        var request = config.Clone();
        var beginning = audio.Position;
        for (var failures = 0; ; failures++)
        {
            if (failures > 0)
                await Task.Delay(RepeatDelay(failures), either.Token);
            if (delivered.Seed is { } seed)
                request.Seed = seed;
            delivered.BeginAgain();
            audio.Position = beginning;
            await using var responses = VampAsync(request, audio, options, either.Token).GetAsyncEnumerator(CancellationToken.None);
            while (true)
            {
                try
                {
                    if (!await responses.MoveNextAsync())
                        yield break;
                }
                catch (RpcException error) when (
                    failures < repeats && !either.IsCancellationRequested && delivered.MayRepeat(error))
                {
                    break;
                }
                if (delivered.New(responses.Current) is { } response)
                {
                    failures = 0;
                    yield return response;
                }
            }
        }
    }

    /// <summary>Opens a session in which a loop is played along with.</summary>
    /// <param name="config">How one plays; its sample rate and prompt are required.</param>
    /// <param name="options">Metadata and cancellation of the session; a deadline ends it.</param>
    /// <exception cref="RpcException">it was refused</exception>
    public Task<LiveVamp> OpenLiveAsync(LiveConfig config, CallOptions options = default) => LiveVamp.OpenAsync(_live, config, options);

    /// <summary>What a prompt would keep of audio, without generating.</summary>
    /// <param name="config">The settings; their prompt is required, every other field has a default.</param>
    /// <param name="audio">The audio in the format that <see cref="PreviewConfig.Input"/> says; it is read to its end.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    public async Task<PreviewResponse> PreviewAsync(PreviewConfig config, Stream audio, CallOptions options = default)
    {
        using var call = _vamp.Preview(options);
        return await call.UploadAsync(
            new PreviewRequest { Config = config }, AudioChunks.ReadAsync(audio, options.CancellationToken),
            chunk => new PreviewRequest { Audio = chunk });
    }

    /// <summary>What a prompt keeps of audio, as a .vamp file.</summary>
    /// <param name="config">The settings; their prompt is required, every other field has a default.</param>
    /// <param name="audio">The audio in the format that <see cref="CompressConfig.Input"/> says; it is read to its end.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    public async Task<CompressResponse> CompressAsync(CompressConfig config, Stream audio, CallOptions options = default)
    {
        using var call = _vamp.Compress(options);
        return await call.UploadAsync(
            new CompressRequest { Config = config }, AudioChunks.ReadAsync(audio, options.CancellationToken),
            chunk => new CompressRequest { Audio = chunk });
    }

    /// <summary>Music of a .vamp file; answers come as those of <see cref="VampAsync"/>.</summary>
    /// <param name="config">The format of the output, and what is sent with it; every field has a default.</param>
    /// <param name="file">The bytes of a .vamp file; they are read to their end.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    /// <param name="cancellationToken">Cancels the call, as does the token in <paramref name="options"/>.</param>
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
    /// <param name="audio">The audio in the format that <see cref="EncodeConfig.Input"/> says; it is read to its end.</param>
    /// <param name="config">How the audio is prepared; null stands for the mix of an audio file, as it is.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    public Task<EncodedAudio> EncodeAsync(Stream audio, EncodeConfig? config = null, CallOptions options = default) =>
        _codec.EncodeAsync(config ?? new EncodeConfig(), AudioChunks.ReadAsync(audio, options.CancellationToken), options);

    /// <summary>What the codec serves.</summary>
    public Task<GetCodecResponse> GetCodecAsync(GetCodecRequest request, CallOptions options = default) =>
        _codec.GetCodecAsync(request, options).ResponseAsync;

    /// <summary>Audio of tokens, written to <paramref name="destination"/> as it arrives.</summary>
    public Task<AudioHeader> DecodeAsync(TokenTensor tokens, DecodeConfig config, Stream destination, CallOptions options = default) =>
        _codec.DecodeAsync(tokens, config, destination, options);

    /// <summary>Beats of audio.</summary>
    /// <param name="audio">The audio in the format that <see cref="TrackConfig.Input"/> says; it is read to its end.</param>
    /// <param name="config">The format and the model; null stands for the bytes of an audio file and the default model.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    public Task<TrackResponse> TrackBeatsAsync(Stream audio, TrackConfig? config = null, CallOptions options = default) =>
        _beats.TrackAsync(config ?? new TrackConfig(), AudioChunks.ReadAsync(audio, options.CancellationToken), options);

    /// <summary>Fills hidden tokens in with one of the two generators.</summary>
    public Task<TokenTensor> GenerateAsync(
        GeneratorStage stage, GenerateRequest request, IProgress<GenerateProgress>? progress = null, CallOptions options = default) =>
        Of(stage).GenerateAsync(request, step =>
        {
            progress?.Report(step);
            return Task.CompletedTask;
        }, options);

    /// <summary>What a layer of one of the two transformers makes of tokens; <see cref="Floats.FromBytes"/> reads the data.</summary>
    public Task<EmbedResponse> EmbedAsync(GeneratorStage stage, EmbedRequest request, CallOptions options = default) =>
        Of(stage).EmbedAsync(request, options).ResponseAsync;

    /// <summary>How likely one of the two models finds given tokens; <see cref="Floats.FromBytes"/> reads the data.</summary>
    public Task<ScoreResponse> ScoreAsync(GeneratorStage stage, ScoreRequest request, CallOptions options = default) =>
        Of(stage).ScoreAsync(request, options).ResponseAsync;

    /// <summary>What one of the two generators serves.</summary>
    /// <param name="stage">Which of the two generators is asked.</param>
    /// <param name="model">The name of a served model; empty stands for the default.</param>
    /// <param name="options">Deadline, metadata and cancellation of the call.</param>
    public Task<GetModelResponse> GetModelAsync(GeneratorStage stage, string model = "", CallOptions options = default) =>
        Of(stage).GetModelAsync(new GetModelRequest { Model = model }, options).ResponseAsync;

    /// <summary>The models that requests may name, the default first.</summary>
    public Task<IReadOnlyList<Model>> ListModelsAsync(CallOptions options = default) =>
        _models.ListAllModelsAsync(options);

    /// <summary>Closes the channel to the gateway.</summary>
    public void Dispose() => _channel.Dispose();

    /// <summary>Longer each time, up to five seconds, and not the same for all whose gateway was lost together.</summary>
    private static TimeSpan RepeatDelay(int failures) =>
        TimeSpan.FromSeconds(Math.Min(0.25 * Math.Pow(2, failures - 1), 5) * (0.5 + (0.5 * Random.Shared.NextDouble())));

    private GeneratorClient Of(GeneratorStage stage) => stage == GeneratorStage.Coarse ? _coarse : _fine;
}
