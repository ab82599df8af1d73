using System.Runtime.InteropServices;
using System.Threading.Channels;
using Grpc.Core;
using VampNet.Client;
using VampNet.Gateway.Stages.Replicas;
using VampNet.Protos.Codec.V1;

namespace VampNet.Gateway.Rendering;

/// <summary>
/// Samples of one channel, mono at the codec's rate, as the codec makes them of tokens that may still be in the making.
/// When its replica is lost, another one decodes from the start, and what was heard already is skipped.
/// </summary>
internal sealed class DecodedChannel : IAsyncDisposable
{
    // A message of the codec each: a reader that is slow holds the codec back.
    private const int Ahead = 2;

    private readonly StageCaller<CodecService.CodecServiceClient> _codec;
    private readonly DecodeConfig _config;
    private readonly ChannelTokens _tokens;
    private readonly CancellationTokenSource _closed;
    private readonly CallOptions _options;
    private readonly Channel<ReadOnlyMemory<byte>> _pieces = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });
    private readonly Task _decoding;
    private ReadOnlyMemory<byte> _left;
    private long _heard; // bytes

    /// <param name="config">raw 32-bit float samples at the codec's own rate</param>
    public DecodedChannel(StageCaller<CodecService.CodecServiceClient> codec, DecodeConfig config, ChannelTokens tokens, CallOptions options)
    {
        (_codec, _config, _tokens) = (codec, config, tokens);
        _closed = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        _options = options.WithCancellationToken(_closed.Token);
        _decoding = DecodeAsync();
    }

    /// <summary>The next samples, as many as <paramref name="samples"/> holds.</summary>
    /// <exception cref="InvalidDataException">the codec sent fewer than it was asked for</exception>
    public async Task ReadAsync(Memory<float> samples)
    {
        while (!samples.IsEmpty)
        {
            if (_left.Length < sizeof(float))
                _left = await NextAsync();
            var floats = MemoryMarshal.Cast<byte, float>(_left.Span);
            var count = Math.Min(floats.Length, samples.Length);
            floats[..count].CopyTo(samples.Span);
            (samples, _left) = (samples[count..], _left[(count * sizeof(float))..]);
        }
    }

    /// <summary>Waits for the end of the call, whose status says whether all went well.</summary>
    public async Task FinishAsync()
    {
        await foreach (var _ in _pieces.Reader.ReadAllAsync(_options.CancellationToken))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _decoding;
        _tokens.Dispose();
        _closed.Dispose();
    }

    private async Task<ReadOnlyMemory<byte>> NextAsync()
    {
        // A piece holds whole samples: the codec cuts its audio at multiples of them.
        return await _pieces.Reader.WaitToReadAsync() && _pieces.Reader.TryRead(out var piece)
            ? piece
            : throw new InvalidDataException("the codec ended before the music did");
    }

    /// <summary>Never fails: whoever reads the pieces hears of it.</summary>
    private async Task DecodeAsync()
    {
        try
        {
            await _codec.RunAsync(_options, TakeAsync);
            _pieces.Writer.Complete();
        }
        catch (Exception error)
        {
            _pieces.Writer.Complete(error);
        }
    }

    private async Task TakeAsync(CodecService.CodecServiceClient codec, ReplicaWork work)
    {
        using var call = codec.Decode(_options);
        var at = 0L;
        await foreach (var response in call.ExchangeAsync(new DecodeRequest { Config = _config }, _tokens.BlocksAsync(_options.CancellationToken), block => new DecodeRequest { Tokens = block }))
        {
            if (!response.HasAudio)
                continue;
            var piece = response.Audio.Memory;
            var known = (int)Math.Min(_heard - at, piece.Length);
            at += piece.Length;
            if (known == piece.Length)
                continue;
            await _pieces.Writer.WriteAsync(piece[known..], _options.CancellationToken);
            _heard = at;
        }
    }
}
