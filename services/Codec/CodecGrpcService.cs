using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Audio;
using VampNet.Audio.Processing;
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
        checks.ThrowIfAny();

        using var bytes = await requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", cancellation).BufferAsync(input.MaxBytes);
        var (source, mono, gain) = await Task.Run(() => Prepare(input.Decode(bytes), codec.SampleRate), cancellation);
        var tokens = await model.RunAsync(c => c.Encode(mono.Samples), cancellation);

        await responseStream.WriteAsync(new EncodeResponse { Header = Header(source, codec, tokens, mono, gain) }, cancellation);
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
        var (header, bytes) = await Task.Run(() => output.Encode(Restore(new AudioBuffer(samples, codec.SampleRate), config)), cancellation);

        await responseStream.WriteAsync(new DecodeResponse { Header = header }, cancellation);
        foreach (var chunk in RequestStreams.Chunks(bytes))
            await responseStream.WriteAsync(new DecodeResponse { Audio = chunk }, cancellation);
    }

    /// <summary>What codecs expect, and what the source was like.</summary>
    private static (SourceInfo Source, AudioBuffer Mono, double GainDb) Prepare(AudioBuffer audio, int sampleRate)
    {
        var mono = Resampler.Resample(audio, sampleRate).ToMono();
        var source = new SourceInfo
        {
            SampleRate = (uint)audio.SampleRate,
            Channels = (uint)audio.Channels,
            Seconds = audio.Duration.TotalSeconds,
            LoudnessLufs = Loudness.Integrated(mono),
        };
        var gain = Preprocess.GainDb(source.LoudnessLufs, mono.Samples.Max(MathF.Abs));
        return (source, Preprocess.Amplify(mono, gain), gain);
    }

    private static AudioBuffer Restore(AudioBuffer audio, DecodeConfig config)
    {
        if (config.HasSamples && config.Samples < (ulong)audio.Frames)
            audio = new AudioBuffer(audio.Samples[..(int)config.Samples], audio.SampleRate);
        var restored = Preprocess.Amplify(audio, config.GainDb);
        return new AudioBuffer(Array.ConvertAll(restored.Samples, sample => Math.Clamp(sample, -1, 1)), audio.SampleRate);
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

    private static EncodeHeader Header(SourceInfo source, ICodec codec, TokenGrid tokens, AudioBuffer mono, double gainDb) => new()
    {
        Source = source,
        SampleRate = (uint)codec.SampleRate,
        Hop = (uint)codec.Hop,
        Codebooks = (uint)tokens.Codebooks,
        Frames = (uint)tokens.Frames,
        Samples = (ulong)mono.Frames,
        Channels = 1,
        GainDb = gainDb,
    };
}
