using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using VampNet.Core;
using VampNet.Gateway.Live;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Gateway.Tests.Live;

/// <summary>Sessions in time that is moved by hand: what a round costs, the vamper says.</summary>
public sealed class LiveSessionTests
{
    private const int Rate = 8_000, LoopSamples = 4 * Rate;

    private readonly FakeTimeProvider _time = new();
    private readonly List<(Round Round, List<float> Samples)> _rounds = [];

    [Fact]
    public async Task Thirty_rounds_come_in_time_with_as_many_steps_as_fit()
    {
        // A frame costs a step 2 ms: 12 steps of the 259 frames of a loop take more than the 3.8 s that there are.
        var vamper = new ScriptedVamper(_time, (_, frames, steps) => TimeSpan.FromSeconds(0.1 + 0.002 * frames * steps));
        await PlayAsync(vamper, rounds: 30);
        Assert.Equal(30, _rounds.Count);
        Assert.All(_rounds, r => Assert.Equal((RoundKind.Variation, ""), (r.Round.Kind, r.Round.Problem)));
        Assert.All(_rounds, r => Assert.InRange(r.Round.LatenessSeconds, -3.8, 0));
        Assert.All(_rounds.Skip(1), r => Assert.InRange(r.Round.CoarseSteps, 4u, 5u));
        Assert.Equal(Enumerable.Range(1, 30).Select(n => (uint)n), _rounds.Select(r => r.Round.Number));
        Assert.Equal(Enumerable.Range(7, 30).Select(seed => (ulong)seed), _rounds.Select(r => r.Round.Seed));
    }

    [Fact]
    public async Task A_machine_with_time_to_spare_takes_all_steps()
    {
        await PlayAsync(new ScriptedVamper(_time, (_, frames, steps) => TimeSpan.FromSeconds(0.00001 * frames * steps)), rounds: 3);
        Assert.Equal([4u, 12u, 12u], _rounds.Select(r => r.Round.CoarseSteps));
    }

    [Fact]
    public async Task What_is_late_is_the_last_good_variation_again_and_the_next_round_takes_fewer_steps()
    {
        var vamper = new ScriptedVamper(
            _time, (round, frames, steps) => TimeSpan.FromSeconds((round is 3 or 4 ? 0.02 : 0.001) * frames * steps));
        await PlayAsync(vamper, rounds: 7);
        Assert.Equal(
            [RoundKind.Variation, RoundKind.Variation, RoundKind.Repeat, RoundKind.Repeat, RoundKind.Variation],
            _rounds.Take(5).Select(r => r.Round.Kind));
        Assert.Equal(["", "", "late", "late", ""], _rounds.Take(5).Select(r => r.Round.Problem));
        // Sent when it was due, and what sounds is what sounded.
        Assert.Equal([0, 0], _rounds.Skip(2).Take(2).Select(r => Math.Round(r.Round.LatenessSeconds, 3)));
        Assert.Equal(_rounds[1].Round.Seed, _rounds[3].Round.Seed);
        Assert.Equal(_rounds[1].Samples[^1], _rounds[3].Samples[^1]);
        Assert.True(_rounds[4].Round.CoarseSteps < _rounds[1].Round.CoarseSteps);
        Assert.Equal([3, 4], vamper.Cancelled);
    }

    [Fact]
    public async Task Before_there_is_a_good_one_the_loop_itself_is_played()
    {
        var vamper = new ScriptedVamper(_time, (round, _, _) => round == 1 ? TimeSpan.FromHours(1) : TimeSpan.Zero);
        await PlayAsync(vamper, rounds: 2);
        Assert.Equal([RoundKind.Loop, RoundKind.Variation], _rounds.Select(r => r.Round.Kind));
        Assert.Equal(Loop(1), _rounds[0].Samples);
    }

    [Fact]
    public async Task A_stage_that_fails_costs_one_round_and_a_request_that_is_wrong_ends_the_session()
    {
        var vamper = new ScriptedVamper(_time, (_, _, _) => TimeSpan.Zero)
        {
            Failures =
            {
                [2] = new RpcException(new Status(StatusCode.Unavailable, "no replica")),
                [4] = new RpcException(new Status(StatusCode.NotFound, "no such model")),
            },
        };
        var error = await Assert.ThrowsAsync<RpcException>(() => PlayAsync(vamper, rounds: 6));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal([RoundKind.Variation, RoundKind.Repeat, RoundKind.Variation], _rounds.Select(r => r.Round.Kind));
        Assert.Equal("no replica", _rounds[1].Round.Problem);
    }

    [Fact]
    public async Task Rounds_follow_each_other_without_a_step()
    {
        // Each variation is a level of its own: without a crossfade there would be steps of 0.1.
        await PlayAsync(new ScriptedVamper(_time, (_, _, _) => TimeSpan.Zero), rounds: 4);
        var heard = _rounds.SelectMany(r => r.Samples).ToList();
        Assert.Equal(4 * LoopSamples, heard.Count);
        for (var i = 1; i < heard.Count; i++)
            Assert.InRange(Math.Abs(heard[i] - heard[i - 1]), 0, 0.1 / 80 + 1e-6);
    }

    private async Task PlayAsync(ScriptedVamper vamper, int rounds)
    {
        var config = new LiveConfig
        {
            SampleRate = Rate,
            Prompt = new Prompt { Periodic = new PeriodicPrompt { Period = 7 } },
            Seed = 7,
            Tempo = new Tempo { BeatsPerMinute = 60 },
            CoarseSampling = new Sampling { Steps = 12 },
            FineSampling = new Sampling { Steps = 12 },
        };
        var limits = new LiveOptions();
        var session = new LiveSession(LivePlan.From(config, limits), limits, vamper, TakeAsync, default, _time);
        await session.RunAsync(RequestsAsync());

        async IAsyncEnumerable<LiveServiceVampRequest> RequestsAsync()
        {
            for (var round = 1; round <= rounds; round++)
            {
                await Task.CompletedTask;
                yield return new LiveServiceVampRequest { Audio = ByteString.CopyFrom(Floats.ToBytes(Loop(round))) };
            }
        }
    }

    private Task TakeAsync(LiveServiceVampResponse response)
    {
        if (response.Round is { } round)
            _rounds.Add((round, []));
        else
            _rounds[^1].Samples.AddRange(Floats.FromBytes(response.Audio.Span));
        return Task.CompletedTask;
    }

    private static float[] Loop(int round) => [.. Enumerable.Repeat(round / 100f, LoopSamples)];

    /// <summary>Takes as long as it is told to, in time that it moves itself.</summary>
    private sealed class ScriptedVamper(FakeTimeProvider time, Func<int, int, int, TimeSpan> cost) : ILoopVamper
    {
        private int _round;

        public Dictionary<int, Exception> Failures { get; } = [];

        public List<int> Cancelled { get; } = [];

        public Task<LoopVariation> VampAsync(Loop loop, ulong seed, int steps, CallOptions options)
        {
            var takes = cost(++_round, LoopVamper.Frames(loop), steps);
            if (Failures.TryGetValue(_round, out var error))
                throw error;
            using var cancelled = options.CancellationToken.Register(() => Cancelled.Add(_round));
            // In pieces: a timer that ends it rings at its own time, and nothing more happens then.
            for (var spent = TimeSpan.Zero; spent < takes && !options.CancellationToken.IsCancellationRequested;)
            {
                var piece = TimeSpan.FromMilliseconds(Math.Min(10, (takes - spent).TotalMilliseconds));
                time.Advance(piece);
                spent += piece;
            }
            options.CancellationToken.ThrowIfCancellationRequested();
            var samples = Enumerable.Repeat(_round / 10f, 2 * loop.Samples.Length).ToArray();
            return Task.FromResult(new LoopVariation(samples, seed, steps, steps, takes));
        }
    }
}
