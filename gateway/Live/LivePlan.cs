using VampNet.Audio;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Live;

/// <summary>One checked session: what the caller chose, and the gateway's choice for everything else.</summary>
/// <param name="Config">with a value for everything but what the model decides</param>
/// <param name="LoopSamples">of every loop, per channel; null = marks say where it ends</param>
internal sealed record LivePlan(LiveConfig Config, long? LoopSamples)
{
    private const double UsualMargin = 0.2;

    public int SampleRate => (int)Config.SampleRate;

    public int Channels => (int)Config.Channels;

    /// <summary>How long before the end of the next loop a round is due.</summary>
    public TimeSpan Margin => TimeSpan.FromSeconds(Config.MarginSeconds);

    /// <summary>Most steps of a round, of either generator.</summary>
    public int MostSteps => Math.Max(Config.CoarseSampling.Steps, Config.FineSampling.Steps);

    /// <param name="round">from 1</param>
    public ulong SeedOf(int round) =>
        Config.SeedPolicy == SeedPolicy.Same ? Config.Seed : unchecked(Config.Seed + (ulong)(round - 1));

    /// <exception cref="InvalidRequestException">names every field that cannot be used</exception>
    public static LivePlan From(LiveConfig request, LiveOptions options)
    {
        var config = request.Clone();
        var checks = new RequestChecks();
        config.Channels = Math.Max(1, config.Channels);
        config.MarginSeconds = config.MarginSeconds == 0 ? UsualMargin : config.MarginSeconds;
        config.SeedPolicy = config.SeedPolicy == SeedPolicy.Unspecified ? SeedPolicy.Next : config.SeedPolicy;
        var limits = AudioLimits.Default;
        checks.Require(
            config.SampleRate >= limits.MinSampleRate && config.SampleRate <= limits.MaxSampleRate, "config.sample_rate",
            $"is {config.SampleRate} Hz, expected {limits.MinSampleRate} to {limits.MaxSampleRate} Hz");
        checks.Require(config.Channels <= 2, "config.channels", $"is {config.Channels}, expected 1 or 2");
        checks.Require(config.Prompt is not null, "config.prompt", "is missing");
        checks.Require(Enum.IsDefined(config.SeedPolicy), "config.seed_policy", $"{(int)config.SeedPolicy} is unknown");
        // NaN fails every comparison, so each test is phrased as what must hold.
        checks.Require(
            config.MarginSeconds is > 0 and <= LiveOptions.MostMarginSeconds, "config.margin_seconds",
            $"is {config.MarginSeconds}, expected above 0, at most {LiveOptions.MostMarginSeconds}");
        var seconds = config.Tempo is { } tempo ? LoopSeconds(tempo, options, checks) : (double?)null;
        checks.ThrowIfAny();
        return new LivePlan(config, seconds is { } length ? (long)Math.Round(length * config.SampleRate) : null);
    }

    /// <summary>The request that makes a variation of a loop; what it lacks is the round's.</summary>
    public VampConfig ToVamp() => new()
    {
        Input = new InputFormat { Encoding = InputEncoding.PcmF32Le, SampleRate = Config.SampleRate, Channels = Config.Channels },
        Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
        Prompt = Config.Prompt,
        CoarseSampling = Config.CoarseSampling,
        FineSampling = Config.FineSampling,
        Model = Config.Model,
        MatchSource = true,
    };

    private static double LoopSeconds(Tempo tempo, LiveOptions options, RequestChecks checks)
    {
        tempo.BeatsPerBar = Math.Max(1, tempo.BeatsPerBar == 0 ? 4 : tempo.BeatsPerBar);
        tempo.Bars = Math.Max(1, tempo.Bars);
        checks.Require(
            tempo.BeatsPerMinute is > 0 and <= 1_000, "config.tempo.beats_per_minute",
            $"is {tempo.BeatsPerMinute}, expected above 0, at most 1000");
        var seconds = (double)tempo.BeatsPerBar * tempo.Bars * 60 / tempo.BeatsPerMinute;
        checks.Require(
            seconds >= LiveOptions.MinLoopSeconds && seconds <= options.MaxLoopSeconds, "config.tempo",
            $"makes loops of {seconds:0.###} s, expected {LiveOptions.MinLoopSeconds} to {options.MaxLoopSeconds:0.###} s");
        return seconds;
    }
}

/// <summary>Bounds of live sessions (configuration section "Live").</summary>
public sealed class LiveOptions
{
    public const string Section = "Live";

    /// <summary>Shorter loops leave no time for anything.</summary>
    internal const double MinLoopSeconds = 0.5;

    internal const double MostMarginSeconds = 10;

    /// <summary>Longest loop, in seconds: all of it lies in memory, once as it is played and twice as it was varied.</summary>
    public double MaxLoopSeconds { get; set; } = 30;

    internal bool IsValid => MaxLoopSeconds is >= MinLoopSeconds and <= 600;
}
