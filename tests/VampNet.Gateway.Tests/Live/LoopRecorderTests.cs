using Google.Protobuf;
using VampNet.Core;
using VampNet.Gateway.Live;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Tests.Live;

public sealed class LoopRecorderTests
{
    private const int Rate = 8_000;

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(50_000)]
    public async Task A_tempo_cuts_loops_to_the_sample_however_the_audio_comes(int chunk)
    {
        var played = Ramp(2 * 20_000 + 8);
        var config = Config();
        (config.Channels, config.Tempo) = (2, new Tempo { BeatsPerMinute = 192, BeatsPerBar = 2, Bars = 2 });
        var loops = await RecordAsync(config, [.. played.Chunk(2 * chunk).Select(Audio)]);
        Assert.Equal(2, loops.Count);
        Assert.All(loops, loop => Assert.Equal((10_000, 2), (loop.Length, loop.Channels)));
        Assert.Equal(played[..40_000], loops.SelectMany(loop => loop.Samples));
    }

    [Fact]
    public async Task Marks_cut_loops_where_they_are()
    {
        var played = Ramp(15_000);
        var loops = await RecordAsync(
            Config(), [Audio(played[..4_500]), Mark(), Audio(played[4_500..6_000]), Audio(played[6_000..]), Mark()]);
        Assert.Equal([4_500, 10_500], loops.Select(loop => loop.Length));
        Assert.Equal(played, loops.SelectMany(loop => loop.Samples));
    }

    [Fact]
    public void A_loop_goes_round()
    {
        var loop = new Loop([1, -1, 2, -2, 3, -3], 2, Rate);
        Assert.Equal([2, -2, 3, -3, 1, -1, 2, -2, 3, -3, 1, -1, 2, -2], loop.Around(-2, 7));
        Assert.Equal([3, -3, 1, -1], loop.Around(-7, 2));
    }

    [Fact]
    public async Task What_is_no_loop_is_refused_by_name()
    {
        await RefusedAsync("audio", "30 s without a mark", Audio(new float[31 * Rate]));
        await RefusedAsync("audio", "no whole frames", new LiveServiceVampRequest { Audio = ByteString.CopyFrom(1, 2, 3) });
        await RefusedAsync("audio", "not finite", Audio([float.NaN]));
        await RefusedAsync("mark", "0.125 s", Audio(new float[1_000]), Mark());
        await RefusedAsync("audio", "must be in every message", new LiveServiceVampRequest { Config = Config() });
        var timed = Config();
        timed.Tempo = new Tempo { BeatsPerMinute = 60 };
        await RefusedAsync(timed, "mark", "no place", Mark());
    }

    [Fact]
    public void A_session_that_cannot_be_is_refused_with_every_field()
    {
        var error = Assert.Throws<InvalidRequestException>(() => LivePlan.From(
            new LiveConfig
            {
                SampleRate = 1,
                Channels = 3,
                SeedPolicy = (SeedPolicy)9,
                MarginSeconds = double.NaN,
                Tempo = new Tempo { BeatsPerMinute = 1 },
            },
            new LiveOptions()));
        foreach (var field in new[] { "sample_rate", "channels", "prompt", "seed_policy", "margin_seconds", "tempo" })
            Assert.Contains($"config.{field}", error.Message, StringComparison.Ordinal);
    }

    private static Task RefusedAsync(string field, string words, params LiveServiceVampRequest[] requests) =>
        RefusedAsync(Config(), field, words, requests);

    private static async Task RefusedAsync(LiveConfig config, string field, string words, params LiveServiceVampRequest[] requests)
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => RecordAsync(config, requests));
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static async Task<List<Loop>> RecordAsync(LiveConfig config, IReadOnlyList<LiveServiceVampRequest> requests)
    {
        var options = new LiveOptions();
        var loops = new List<Loop>();
        await foreach (var loop in new LoopRecorder(LivePlan.From(config, options), options).RecordAsync(requests.ToAsyncEnumerable()))
            loops.Add(loop);
        return loops;
    }

    private static LiveConfig Config() => new()
    {
        SampleRate = Rate,
        Prompt = new Prompt { All = new AllPrompt() },
        CoarseSampling = new(),
        FineSampling = new(),
    };

    private static LiveServiceVampRequest Audio(float[] samples) => new() { Audio = ByteString.CopyFrom(Floats.ToBytes(samples)) };

    private static LiveServiceVampRequest Mark() => new() { Mark = new LoopMark() };

    private static float[] Ramp(int samples) => [.. Enumerable.Range(0, samples).Select(i => i / (float)samples)];
}
