using System.Security.Cryptography;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using VampNet.Protos.Vamp.V1;
using Content = VampNet.Protos.Vamp.V1.VampResponse.ContentOneofCase;
using Status = Grpc.Core.Status;

namespace VampNet.Client;

/// <summary>
/// What a caller has had of a vamp that broke off, so that the same request again goes on where it did. Its music is a function of the
/// request, its seed and the weights; what was had already is compared, so that nothing is put together of two different pieces.
/// </summary>
internal sealed class DeliveredVamp : IDisposable
{
    private readonly HashSet<(Content, uint Variation)> _once = [];
    private readonly Dictionary<(Stage, uint Variation), uint> _steps = [];
    private readonly Dictionary<(Content, uint Variation, uint Channel), HadBytes> _bytes = [];

    /// <summary>That makes the same music again, once it is known.</summary>
    public ulong? Seed { get; private set; }

    /// <summary>The request is sent again: everything comes from its beginning.</summary>
    public void BeginAgain()
    {
        foreach (var bytes in _bytes.Values)
            bytes.BeginAgain();
    }

    /// <summary>What of a response is new to the caller; null = nothing.</summary>
    /// <exception cref="RpcException">ABORTED: it contradicts what the caller has had</exception>
    public VampResponse? New(VampResponse response)
    {
        Seed ??= response.Started?.Config.Seed;
        switch (response.ContentCase)
        {
            case Content.Progress:
                var step = (response.Progress.Stage, response.Variation);
                if (_steps.TryGetValue(step, out var done) && response.Progress.Step <= done)
                    return null;
                _steps[step] = response.Progress.Step;
                return response;
            case Content.Audio:
                var had = Take(response, response.Audio);
                if (had == response.Audio.Length)
                    return null;
                return new VampResponse(response) { Audio = UnsafeByteOperations.UnsafeWrap(response.Audio.Memory[had..]) };
            case Content.Tokens:
                // Blocks are cut alike each time.
                return Take(response, response.Tokens.Data) == response.Tokens.Data.Length ? null : response;
            default:
                return _once.Add((response.ContentCase, response.Variation)) ? response : null;
        }
    }

    /// <summary>
    /// The gateway or the connection to it is lost, or there is no room: another gateway, or the same a while later, may do it. Where the
    /// weights have changed, only a caller who has had no music can begin again.
    /// </summary>
    public bool MayRepeat(RpcException error) => error.StatusCode switch
    {
        StatusCode.Unavailable => true,
        StatusCode.ResourceExhausted => error.GetRpcStatus()?.GetDetail<RetryInfo>() is not null,
        StatusCode.Aborted => _bytes.Count == 0 && error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason == "WEIGHTS_CHANGED",
        _ => error.Status.DebugException is HttpRequestException or IOException,
    };

    public void Dispose()
    {
        foreach (var bytes in _bytes.Values)
            bytes.Dispose();
    }

    private int Take(VampResponse response, ByteString data)
    {
        var key = (response.ContentCase, response.Variation, response.Channel);
        if (!_bytes.TryGetValue(key, out var bytes))
            _bytes.Add(key, bytes = new HadBytes());
        return bytes.Take(data.Span);
    }

    /// <summary>Bytes of one kind that come again from their beginning.</summary>
    private sealed class HadBytes : IDisposable
    {
        private readonly IncrementalHash _had = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly IncrementalHash _again = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _count;
        private long _seen;

        public void BeginAgain()
        {
            _ = _again.GetHashAndReset();
            _seen = 0;
        }

        /// <returns>how many of the next bytes were had already</returns>
        public int Take(ReadOnlySpan<byte> data)
        {
            var had = (int)Math.Min(data.Length, _count - _seen);
            _again.AppendData(data[..had]);
            if (had > 0 && _seen + had == _count && !_again.GetCurrentHash().AsSpan().SequenceEqual(_had.GetCurrentHash()))
                throw new RpcException(new Status(
                    StatusCode.Aborted, "the request was sent again and gives other music than before: the weights have changed"));
            _had.AppendData(data[had..]);
            _count += data.Length - had;
            _seen += data.Length;
            return had;
        }

        public void Dispose()
        {
            _had.Dispose();
            _again.Dispose();
        }
    }
}
