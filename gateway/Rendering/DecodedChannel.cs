using Grpc.Core;
using VampNet.Client;
using VampNet.Core;
using VampNet.Core.Tokens;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Sources;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Rendering;

/// <summary>
/// Samples of one channel, mono at the codec's rate, as the codec makes them of tokens that may still be in the making.
/// Every chunk is a call of its own, with the frames around it for context: a call holds a permit of the codec only while the
/// codec works for it, however slow generators and listeners are, and when a replica is lost, one chunk is decoded again.
/// </summary>
internal sealed class DecodedChannel : IAsyncDisposable
{
    private readonly StageCaller<CodecService.CodecServiceClient> _codec;
    private readonly DecodeConfig _config;
    private readonly ChannelTokens _tokens;
    private readonly SourceLayout _layout;
    private readonly CancellationTokenSource _closed;
    private readonly CallOptions _options;
    private readonly IEnumerator<CodecChunk> _chunks;
    private ReadOnlyMemory<float> _left;
    private Task<float[]> _next; // decoded while the chunk before it is heard

    /// <param name="config">of every chunk: raw 32-bit float samples at the codec's own rate</param>
    public DecodedChannel(
        StageCaller<CodecService.CodecServiceClient> codec, DecodeConfig config, ChannelTokens tokens, SourceLayout layout,
        CallOptions options)
    {
        (_codec, _config, _tokens, _layout) = (codec, config, tokens, layout);
        _closed = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        _options = options.WithCancellationToken(_closed.Token);
        _chunks = CodecChunk.Growing(layout.Frames).GetEnumerator();
        _next = DecodeNextAsync();
    }

    /// <summary>The next samples, as many as <paramref name="samples"/> holds; no more than there are.</summary>
    /// <exception cref="InvalidDataException">the codec sent others than it was asked for</exception>
    public async Task ReadAsync(Memory<float> samples)
    {
        while (!samples.IsEmpty)
        {
            if (_left.IsEmpty)
                _left = await NextAsync();
            var count = Math.Min(_left.Length, samples.Length);
            _left[..count].CopyTo(samples);
            (samples, _left) = (samples[count..], _left[count..]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _chunks.Dispose();
        _closed.Dispose();
    }

    private async Task<float[]> NextAsync()
    {
        var chunk = await _next;
        _next = DecodeNextAsync();
        return chunk;
    }

    /// <summary>Nothing after the last.</summary>
    private Task<float[]> DecodeNextAsync() => _chunks.MoveNext() ? DecodeAsync(_chunks.Current) : Task.FromResult<float[]>([]);

    private async Task<float[]> DecodeAsync(CodecChunk chunk)
    {
        // Windows of a request that is over never end.
        var tokens = await _tokens.ReadAsync(chunk).WaitAsync(_options.CancellationToken);
        var config = _config.Clone();
        var hop = _layout.Rate.Hop;
        config.ContextFrames = (uint)chunk.Skip;
        config.Samples = (ulong)Math.Min((long)chunk.Count * hop, _layout.Samples - ((long)chunk.Start * hop));
        return await _codec.RunAsync(_options, async (codec, options) =>
        {
            using var audio = new MemoryStream((int)config.Samples * sizeof(float));
            await codec.DecodeAsync(tokens.ToProto(), config, audio, options);
            var samples = Floats.FromBytes(audio.GetBuffer().AsSpan(0, (int)audio.Length));
            return samples.Length == (int)config.Samples
                ? samples
                : throw new InvalidDataException($"the codec sent {samples.Length} samples instead of {config.Samples}");
        });
    }
}

/// <summary>The tokens of a channel in the chunks that the codec takes.</summary>
/// <param name="ready">called with each block of tokens, in order</param>
internal sealed class ChannelTokens(ITokenSource tokens, Func<TokenTensor, Task> ready)
{
    // About 2 s: who listens to tokens gets them soon, and messages stay few.
    private const int BlockFrames = 128;

    /// <summary>A chunk with its margins, as soon as all of it is known.</summary>
    public async Task<TokenGrid> ReadAsync(CodecChunk chunk)
    {
        for (var at = 0; at < chunk.Count; at += BlockFrames)
            await ready((await tokens.ReadAsync(chunk.Start + at, Math.Min(BlockFrames, chunk.Count - at))).ToProto());
        return await tokens.ReadAsync(chunk.From, chunk.Length);
    }
}
