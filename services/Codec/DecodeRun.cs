using Grpc.Core;
using VampNet.Audio.Processing;
using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.Scheduling;

namespace VampNet.Services.Codec;

/// <summary>One decoding: a chunk's tokens in, its audio out, one chunk at a time, so that a slow reader holds everything back.</summary>
/// <param name="maxFrames">most frames to take</param>
internal sealed class DecodeRun(
    CodecContext context, DecodeConfig config, AudioOutput output, int maxFrames, IServerStreamWriter<DecodeResponse> responses)
{
    private readonly ModelLease<ICodec> _model = context.Model;
    private readonly double _gain = Preprocess.Factor(config.GainDb);
    private readonly int _contextFrames = (int)config.ContextFrames;
    private readonly TokenWindow _window = new((int)config.ContextFrames);
    private int _codebooks, _chunks;

    private ICodec Codec => _model.Value;

    /// <summary>Frames to decode, as far as known.</summary>
    private int Expected =>
        config.HasSamples ? (int)(((long)config.Samples + Codec.Hop - 1) / Codec.Hop) : Math.Max(0, _window.Frames - _contextFrames);

    /// <exception cref="InvalidRequestException">tokens that cannot be decoded, or fewer than the samples need</exception>
    public async Task RunAsync(IAsyncEnumerable<TokenTensor> tokens)
    {
        using var writer = config.HasSamples ? await OpenAsync((long)config.Samples) : null;
        await foreach (var tensor in tokens)
        {
            _window.Add(Check(tensor));
            context.Pending.StepsLeft = CodecChunk.CountOf(Expected) - _chunks;
            if (writer is not null)
                await DecodeAsync(writer, ended: false);
        }
        if (_window.Frames == 0)
            throw new InvalidRequestException("tokens", "the stream ended without tokens");
        if (_window.Frames <= _contextFrames)
            throw new InvalidRequestException(
                "config.context_frames", $"is {_contextFrames}, but {_window.Frames} frames came, which leaves none to decode");
        var samples = (long)(_window.Frames - _contextFrames) * Codec.Hop;
        if (config.HasSamples && config.Samples > (ulong)samples)
            throw new InvalidRequestException(
                "config.samples", $"is {config.Samples}, but {_window.Frames - _contextFrames} frames came, which make {samples}");
        using var late = writer is null ? await OpenAsync(samples) : null;
        await DecodeAsync(writer ?? late!, ended: true);
        await (writer ?? late!).FinishAsync();
    }

    private async Task<AudioStreamWriter> OpenAsync(long samples)
    {
        _model.CheckDeadline(
            DecodeWork.Name, CodecChunk.Of(Expected).Sum(chunk => (long)chunk.Length), JobPriority.Interactive, context.Call.Deadline);
        CallCost.Report(context.Call, Expected);
        var header = output.Header(Codec.SampleRate, channels: 1, samples);
        var writer = AudioOutput.Open(
            header, Codec.SampleRate, bytes => responses.WriteAsync(new DecodeResponse { Audio = bytes }, context.Cancellation));
        await responses.WriteAsync(new DecodeResponse { Header = header }, context.Cancellation);
        return writer;
    }

    private async Task DecodeAsync(AudioStreamWriter writer, bool ended)
    {
        while (_window.Take(ended) is var (chunk, tokens))
        {
            var left = (config.HasSamples ? (long)config.Samples : long.MaxValue) - (long)(chunk.Start - _contextFrames) * Codec.Hop;
            if (left <= 0)
                continue; // cut off
            var work = new DecodeWork(Codec, new DecodeWindow(tokens, chunk.Skip, chunk.Count));
            await _model.RunAsync(work, JobPriority.Interactive, context.Cancellation);
            var samples = work.Samples!;
            context.Pending.StepsLeft = CodecChunk.CountOf(Expected) - ++_chunks;
            // What lies behind the samples that are asked for was computed as their context.
            context.Metrics.Decoded((double)Math.Min(samples.Length, left) / Codec.SampleRate);
            for (var i = 0; i < samples.Length; i++)
                samples[i] = (float)(samples[i] * _gain);
            await writer.WriteAsync(samples);
        }
    }

    private TokenGrid Check(TokenTensor tensor)
    {
        var block = tensor.ToModel("tokens", maxFrames - _window.Frames);
        if (block.Codebooks > Codec.Codebooks)
            throw new InvalidRequestException("tokens.codebooks", $"is {block.Codebooks}, this codec has {Codec.Codebooks}");
        if (_codebooks != 0 && block.Codebooks != _codebooks)
            throw new InvalidRequestException("tokens.codebooks", $"is {block.Codebooks}, was {_codebooks} in the first block");
        if (block.HasMask)
            throw new InvalidRequestException("tokens.data", "holds MASK; only generated tokens can be decoded");
        _codebooks = block.Codebooks;
        return block;
    }
}
