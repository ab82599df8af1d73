using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Sources;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Tests.Sources;

public sealed class EncodeCacheTests : IDisposable
{
    private const int Entry = 10_000;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counts = [];
    private readonly List<string> _heard = [];

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task What_was_heard_is_known()
    {
        var cache = Cache(entries: 3);
        var first = await ListenAsync(cache, Key("a"));
        Assert.Same(first, await ListenAsync(cache, Key("a")));
        Assert.Equal(["a"], _heard);
        Assert.Equal((1, 1), (_counts["vampnet.gateway.cache.requests hit"], _counts["vampnet.gateway.cache.requests miss"]));
    }

    /// <summary>One after the other, each against the same entry.</summary>
    [Fact]
    public async Task Whatever_decides_the_answer_is_part_of_the_key()
    {
        var cache = Cache(entries: 20);
        var key = Key("a");
        await ListenAsync(cache, key);
        EncodeCacheKey[] others =
        [
            key with { Tenant = "another" }, key with { Stage = Stage.Beats }, key with { Audio = "b" }, key with { Weights = "new" },
            key with { Config = new EncodeConfig { Channels = Channels.Stereo } }, key with { Config = new EncodeConfig { Stretch = 2 } },
            key with { Config = new EncodeConfig { PitchSemitones = 1 } }, key with { Config = new EncodeConfig { Repeat = 2 } },
            key with { Config = new EncodeConfig { Input = new InputFormat { SampleRate = 48_000 } } },
        ];
        foreach (var other in others)
            await ListenAsync(cache, other);
        Assert.Equal(1 + others.Length, _heard.Count);
        await ListenAsync(cache, key with { Config = new EncodeConfig() });
        Assert.Equal(1 + others.Length, _heard.Count);
    }

    [Fact]
    public async Task The_least_recently_used_makes_room()
    {
        var cache = Cache(entries: 3);
        foreach (var audio in new[] { "a", "b", "c", "a", "d" })
            await ListenAsync(cache, Key(audio));
        Assert.Equal(1, _counts["vampnet.gateway.cache.evictions"]);
        Assert.InRange(_counts["vampnet.gateway.cache.size"], 3 * Entry, 4 * Entry);
        _heard.Clear();
        foreach (var audio in new[] { "a", "c", "d", "b" })
            await ListenAsync(cache, Key(audio));
        Assert.Equal(["b"], _heard);
    }

    [Fact]
    public async Task No_mix_of_entries_takes_more_than_the_bound()
    {
        var cache = Cache(entries: 4);
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            await ListenAsync(cache, Key($"{random.Next(50)}"), random.Next(5 * Entry));
            Assert.InRange(_counts.GetValueOrDefault("vampnet.gateway.cache.size"), 0, 4 * (Entry + 1_024));
        }
        Assert.InRange(_counts["vampnet.gateway.cache.evictions"], 1, 500);
    }

    [Fact]
    public async Task What_is_larger_than_the_bound_is_not_kept_and_moves_nothing()
    {
        var cache = Cache(entries: 2);
        await ListenAsync(cache, Key("a"));
        await ListenAsync(cache, Key("large"), 3 * Entry);
        await ListenAsync(cache, Key("large"), 3 * Entry);
        await ListenAsync(cache, Key("a"));
        Assert.Equal(["a", "large", "large"], _heard);
    }

    [Fact]
    public async Task With_no_room_everything_is_heard_each_time()
    {
        var cache = Cache(entries: 0);
        await ListenAsync(cache, Key("a"));
        await ListenAsync(cache, Key("a"));
        Assert.Equal(["a", "a"], _heard);
        Assert.Empty(_counts);
    }

    [Fact]
    public async Task What_newer_weights_heard_is_known_as_theirs()
    {
        var cache = Cache(entries: 3);
        await cache.GetAsync(Key("a") with { Weights = "old" }, () => Task.FromResult(new Noise("new", Entry)), CancellationToken.None);
        await ListenAsync(cache, Key("a") with { Weights = "new" });
        Assert.Empty(_heard);
        await ListenAsync(cache, Key("a") with { Weights = "old" });
        Assert.Equal(["a"], _heard);
    }

    [Fact]
    public async Task The_same_at_once_is_heard_once()
    {
        var (cache, heard) = (Cache(entries: 3), new TaskCompletionSource<Noise>());
        var all = Enumerable.Range(0, 5).Select(_ => cache.GetAsync(Key("a"), () =>
        {
            _heard.Add("a");
            return heard.Task;
        }, CancellationToken.None)).ToList();
        Assert.All(all, one => Assert.False(one.IsCompleted));
        heard.SetResult(new Noise("w", Entry));
        Assert.Single((await Task.WhenAll(all)).Distinct());
        Assert.Equal(["a"], _heard);
        Assert.Equal(4, _counts["vampnet.gateway.cache.requests hit"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_first_that_is_called_off_or_fails_does_not_fail_the_second(bool cancelled)
    {
        var (cache, first) = (Cache(entries: 3), new TaskCompletionSource<Noise>());
        var failing = cache.GetAsync(Key("a"), () => first.Task, CancellationToken.None);
        var second = ListenAsync(cache, Key("a"));
        Assert.Empty(_heard);
        if (cancelled)
            first.SetCanceled();
        else
            first.SetException(new InvalidDataException("broken"));
        await second;
        Assert.Equal(["a"], _heard);
        if (cancelled)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => failing);
        else
            Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidDataException>(() => failing)).Message);
    }

    [Fact]
    public async Task A_second_that_is_called_off_does_not_wait_and_does_not_disturb_the_first()
    {
        var (cache, first) = (Cache(entries: 3), new TaskCompletionSource<Noise>());
        var hearing = cache.GetAsync(Key("a"), () => first.Task, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var second = cache.GetAsync(Key("a"), () => first.Task, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.SetResult(new Noise("w", Entry));
        await hearing;
    }

    private EncodeCache Cache(int entries)
    {
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, _services.GetRequiredService<IMeterFactory>()))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var outcome = tags.ToArray().FirstOrDefault(tag => tag.Key == "vampnet.outcome").Value;
            var name = outcome is null ? instrument.Name : $"{instrument.Name} {outcome}";
            lock (_counts)
                _counts[name] = _counts.GetValueOrDefault(name) + value;
        });
        _listener.Start();
        return new EncodeCache(Options.Create(new EncodeCacheOptions { MaxBytes = entries * (Entry + 1_024L) }), metrics);
    }

    private Task<Noise> ListenAsync(EncodeCache cache, EncodeCacheKey key, long bytes = Entry) => cache.GetAsync(key, () =>
    {
        _heard.Add(key.Audio);
        return Task.FromResult(new Noise(key.Weights, bytes));
    }, CancellationToken.None);

    private static EncodeCacheKey Key(string audio) => new("", Stage.Encode, audio, new EncodeConfig(), "w");

    private sealed record Noise(string Weights, long Bytes) : IEncodeCacheEntry
    {
        public bool Equals(Noise? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => 0;
    }
}
