using System.Runtime.InteropServices;
using Grpc.Core;
using VampNet.Client;
using VampNet.Gateway.Stages;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Gateway.Rendering;

/// <summary>Samples of one channel, mono at the codec's rate, as the codec makes them of tokens that may still be in the making.</summary>
internal sealed class DecodedChannel : IAsyncDisposable
{
    private readonly AsyncDuplexStreamingCall<DecodeRequest, DecodeResponse> _call;
    private readonly IAsyncEnumerator<DecodeResponse> _responses;
    private ReadOnlyMemory<byte> _left;

    /// <param name="config">raw 32-bit float samples at the codec's own rate</param>
    public DecodedChannel(StageClients stages, DecodeConfig config, IAsyncEnumerable<TokenTensor> tokens, CallOptions options)
    {
        _call = stages.Codec.Decode(options);
        _responses = _call.ExchangeAsync(new DecodeRequest { Config = config }, tokens, block => new DecodeRequest { Tokens = block }).GetAsyncEnumerator();
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
        while (await _responses.MoveNextAsync())
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        try
        {
            await _responses.DisposeAsync();
        }
        catch (Exception error) when (error is RpcException or ObjectDisposedException or NotSupportedException)
        {
            // The call was broken off: whoever did that knows why.
        }
    }

    private async Task<ReadOnlyMemory<byte>> NextAsync()
    {
        // A message holds whole samples: the codec cuts its audio at multiples of them.
        while (await _responses.MoveNextAsync())
        {
            if (_responses.Current.HasAudio)
                return _responses.Current.Audio.Memory;
        }
        throw new InvalidDataException("the codec ended before the music did");
    }
}
