using System.Runtime.CompilerServices;
using Google.Protobuf;
using VampNet.Audio;
using VampNet.Audio.Spools;
using VampNet.Services.Hosting.Streams;

namespace VampNet.Gateway.Songs;

/// <summary>
/// The audio of a request, on disk as it arrives: any number of stages hear it while it does, each at its own pace, and
/// a stage whose replica is lost hears it again on another one.
/// </summary>
/// <param name="maxBytes">most bytes that it takes</param>
internal sealed class AudioUpload(long maxBytes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SpoolStream _bytes = new(maxBytes);
    private TaskCompletionSource _grown = NewSignal();
    private bool _isComplete;
    private bool _isClosed;

    /// <summary>All of it, at its start, once <see cref="ReceiveAsync"/> has ended.</summary>
    public SpoolStream Bytes => _bytes;

    /// <summary>Takes audio to its end, or until nobody listens any more.</summary>
    /// <exception cref="InvalidAudioException">more than the limit</exception>
    public async Task ReceiveAsync(IAsyncEnumerable<ByteString> audio)
    {
        await foreach (var chunk in audio)
        {
            if (!Change(() => _bytes.Write(chunk.Span)))
                return;
        }
        Change(() => (_bytes.Position, _isComplete) = (0, true));
    }

    /// <summary>All chunks from the start, those that are still to come as they do.</summary>
    public async IAsyncEnumerable<ByteString> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (long at = 0; ;)
        {
            var (length, isComplete, grown) = Look();
            while (at < length)
            {
                var chunk = new byte[(int)Math.Min(RequestStreams.ChunkBytes, length - at)];
                at += _bytes.ReadAt(at, chunk);
                yield return UnsafeByteOperations.UnsafeWrap(chunk);
            }
            if (isComplete)
                yield break;
            await grown.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _bytes.Dispose();
        }
    }

    private (long Length, bool IsComplete, Task Grown) Look()
    {
        lock (_lock)
            return (_bytes.Length, _isComplete, _grown.Task);
    }

    private bool Change(Action change)
    {
        TaskCompletionSource grown;
        lock (_lock)
        {
            if (_isClosed)
                return false;
            change();
            (grown, _grown) = (_grown, NewSignal());
        }
        grown.SetResult();
        return true;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
