using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Audio.Preparation;
using VampNet.Model.Codec;
using VampNet.Model.Tokens;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;
using VampNet.Services.Hosting.Models;
using VampNet.Services.Hosting.Streams;

namespace VampNet.Services.Codec;

/// <summary>Audio to tokens and back.</summary>
public sealed class CodecGrpcService(StageModel<ICodec> stage, IOptions<MeshLimits> limits) : CodecService.CodecServiceBase
{
    // About 18 s: 28 KB of 14 codebooks.
    private const int BlockFrames = 1024;

    private const double MaxGainDb = 100;

    public override async Task Encode(IAsyncStreamReader<EncodeRequest> requestStream, IServerStreamWriter<EncodeResponse> responseStream, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var config = await requestStream.ReadConfigAsync(r => r.Config, cancellation);
        using var model = stage.Lease(config.Model, "config.model");
        var codec = model.Value;
        var checks = new RequestChecks();
        var input = AudioInput.From(config.Input, limits.Value, checks);
        var preparation = config.Preparation(codec.SampleRate, checks);
        checks.ThrowIfAny();

        using var bytes = await requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", cancellation).SpoolAsync(input.MaxBytes);
        using var audio = await Task.Run(() => input.Prepare(bytes, preparation, cancellation), cancellation);
        var tokens = await model.RunAsync(c => c.Encode(audio.ReadAll()), cancellation);

        await responseStream.WriteAsync(new EncodeResponse { Header = Header(audio, codec) }, cancellation);
        for (var at = 0; at < tokens.Frames; at += BlockFrames)
        {
            var block = tokens.SliceFrames(at, Math.Min(BlockFrames, tokens.Frames - at));
            await responseStream.WriteAsync(new EncodeResponse { Tokens = block.ToProto() }, cancellation);
        }
    }

    public override async Task Decode(IAsyncStreamReader<DecodeRequest> requestStream, IServerStreamWriter<DecodeResponse> responseStream, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var config = await requestStream.ReadConfigAsync(r => r.Config, cancellation);
        using var model = stage.Lease(config.Model, "config.model");
        var codec = model.Value;
        var checks = new RequestChecks();
        var output = AudioOutput.From(config.Output, limits.Value, checks);
        checks.Require(config.GainDb is >= -MaxGainDb and <= MaxGainDb, "config.gain_db", $"is {config.GainDb}, expected -{MaxGainDb} to {MaxGainDb}");
        checks.ThrowIfAny();

        var tokens = await ReadTokensAsync(requestStream, codec, cancellation);
        var samples = await model.RunAsync(c => c.Decode(tokens), cancellation);
        var header = output.Header(codec.SampleRate, 1, config.HasSamples ? Math.Min((long)config.Samples, samples.Length) : samples.Length);
        using var writer = AudioOutput.Open(header, codec.SampleRate, bytes => responseStream.WriteAsync(new DecodeResponse { Audio = bytes }, cancellation));
        await responseStream.WriteAsync(new DecodeResponse { Header = header }, cancellation);
        var gain = Math.Pow(10, config.GainDb / 20);
        await writer.WriteAsync(Array.ConvertAll(samples, sample => (float)(sample * gain)));
        await writer.FinishAsync();
    }

    private async Task<TokenGrid> ReadTokensAsync(IAsyncStreamReader<DecodeRequest> requests, ICodec codec, CancellationToken cancellationToken)
    {
        var left = limits.Value.MaxFrames(codec.SampleRate, codec.Hop);
        var blocks = new List<TokenGrid>();
        await foreach (var tensor in requests.ReadDataAsync(r => r.Tokens, "tokens", cancellationToken))
        {
            var block = tensor.ToModel("tokens", left);
            if (block.Codebooks > codec.Codebooks)
                throw new InvalidRequestException("tokens.codebooks", $"is {block.Codebooks}, this codec has {codec.Codebooks}");
            if (blocks.Count > 0 && block.Codebooks != blocks[0].Codebooks)
                throw new InvalidRequestException("tokens.codebooks", $"is {block.Codebooks}, was {blocks[0].Codebooks} in the first block");
            if (block.HasMask)
                throw new InvalidRequestException("tokens.data", "holds MASK; only generated tokens can be decoded");
            left -= block.Frames;
            blocks.Add(block);
        }
        return blocks.Count > 0 ? TokenGrid.ConcatFrames(blocks) : throw new InvalidRequestException("tokens", "the stream ended without tokens");
    }

    private static EncodeHeader Header(PreparedAudio audio, ICodec codec) => new()
    {
        Source = new SourceInfo
        {
            SampleRate = (uint)audio.Source.SampleRate,
            Channels = (uint)audio.Source.Channels,
            Seconds = audio.Source.Seconds,
            LoudnessLufs = audio.Source.Loudness,
        },
        SampleRate = (uint)codec.SampleRate,
        Hop = (uint)codec.Hop,
        Codebooks = (uint)codec.Codebooks,
        Frames = (uint)((audio.Frames + codec.Hop - 1) / codec.Hop),
        Samples = (ulong)audio.Frames,
        Channels = (uint)audio.Channels,
        GainDb = audio.GainDb,
    };
}
