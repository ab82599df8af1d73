using Microsoft.Extensions.Options;
using VampNet.Gateway.Telemetry;

namespace VampNet.Gateway.Sources;

/// <summary>
/// What stages found in audio, for when the same audio comes again: the newest within so many bytes. What is wanted
/// several times at once is asked for once. Entries of weights that are no longer served are never found, and go with time.
/// </summary>
internal sealed class EncodeCache(IOptions<EncodeCacheOptions> options, GatewayMetrics metrics)
{
    // Of an entry besides what it holds: key, header, list nodes.
    private const int Overhead = 1_024;

    private readonly long _max = options.Value.MaxBytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<EncodeCacheKey, LinkedListNode<(EncodeCacheKey Key, IEncodeCacheEntry Found)>> _entries = [];
    private readonly LinkedList<(EncodeCacheKey Key, IEncodeCacheEntry Found)> _byUse = new(); // the newest first
    private readonly Dictionary<EncodeCacheKey, Task<IEncodeCacheEntry>> _underway = [];
    private long _bytes;

    /// <summary>What is known; else what <paramref name="ask"/> gives, and it is known from then on.</summary>
    /// <param name="cancellationToken">ends the wait for another request that asks for the same just now</param>
    public async Task<T> GetAsync<T>(EncodeCacheKey key, Func<Task<T>> ask, CancellationToken cancellationToken)
        where T : class, IEncodeCacheEntry
    {
        if (_max == 0)
            return await ask();
        while (true)
        {
            Task<IEncodeCacheEntry>? underway;
            var own = new TaskCompletionSource<IEncodeCacheEntry>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                if (Find(key) is { } known)
                    return Hit((T)known);
                if (!_underway.TryGetValue(key, out underway))
                    _underway.Add(key, own.Task);
            }
            if (underway is null)
                return await AskAsync(key, ask, own);
            try
            {
                return Hit((T)await underway.WaitAsync(cancellationToken));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The other request failed, or was cancelled: that is its own affair, and this one asks itself.
            }
        }

        T Hit(T found)
        {
            metrics.CacheAsked(key.Stage, isHit: true);
            return found;
        }
    }

    private async Task<T> AskAsync<T>(EncodeCacheKey key, Func<Task<T>> ask, TaskCompletionSource<IEncodeCacheEntry> own)
        where T : class, IEncodeCacheEntry
    {
        metrics.CacheAsked(key.Stage, isHit: false);
        try
        {
            var found = await ask();
            lock (_lock)
            {
                Keep(key with { Weights = found.Weights }, found);
                _underway.Remove(key);
            }
            own.SetResult(found);
            return found;
        }
        catch
        {
            lock (_lock)
                _underway.Remove(key);
            own.SetCanceled();
            throw;
        }
    }

    private IEncodeCacheEntry? Find(EncodeCacheKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
            return null;
        _byUse.Remove(entry);
        _byUse.AddFirst(entry);
        return entry.Value.Found;
    }

    private void Keep(EncodeCacheKey key, IEncodeCacheEntry found)
    {
        if (_entries.ContainsKey(key) || Size(found) > _max)
            return;
        _entries.Add(key, _byUse.AddFirst((key, found)));
        Grow(Size(found));
        while (_bytes > _max)
        {
            var oldest = _byUse.Last!.Value;
            _byUse.RemoveLast();
            _entries.Remove(oldest.Key);
            Grow(-Size(oldest.Found));
            metrics.CacheEvicted(oldest.Key.Stage);
        }
    }

    private void Grow(long bytes)
    {
        _bytes += bytes;
        metrics.CacheGrew(bytes);
    }

    private static long Size(IEncodeCacheEntry found) => found.Bytes + Overhead;
}

/// <summary>What the gateway remembers of audio (configuration section "EncodeCache").</summary>
public sealed class EncodeCacheOptions
{
    public const string Section = "EncodeCache";

    /// <summary>Most bytes of tokens and beats; 0 = remember nothing. Ten minutes of music are about a million bytes a channel.</summary>
    public long MaxBytes { get; set; } = 64 << 20;
}
