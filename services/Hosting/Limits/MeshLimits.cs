using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VampNet.Audio;
using VampNet.Core.Tokens;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Limits;

/// <summary>What one request and one connection may ask for (configuration section "Limits").</summary>
public sealed class MeshLimits
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Limits";

    /// <summary>Longest audio, in seconds.</summary>
    public double MaxSeconds { get; set; } = 600;

    /// <summary>Largest audio stream, in bytes.</summary>
    public long MaxAudioBytes { get; set; } = 256 << 20;

    /// <summary>Most bytes of audio on disk at once, all calls of one server together.</summary>
    public long MaxDiskBytes { get; set; } = 16L << 30;

    /// <summary>Most of them of one tenant; null = a quarter.</summary>
    public long? MaxDiskBytesPerTenant { get; set; }

    /// <summary>Most sampling steps of one stage.</summary>
    public int MaxSteps { get; set; } = 1_000;

    /// <summary>Most variations of one request.</summary>
    public int MaxVariations { get; set; } = 16;

    /// <summary>Most coarse passes of one variation.</summary>
    public int MaxFeedback { get; set; } = 16;

    /// <summary>
    /// Most work of one request, in frames times sampling steps: of every window, pass, channel, stage and variation together. Ten
    /// minutes in stereo with the usual steps are 1.7 million.
    /// </summary>
    public long MaxFrameSteps { get; set; } = 5_000_000;

    /// <summary>The deadline of calls that bring none, in seconds, at least 0.001; queries and health checks need none.</summary>
    public double DefaultDeadlineSeconds { get; set; } = 3_600;

    /// <summary>Largest message that is taken, in bytes.</summary>
    public int MaxMessageBytes { get; set; } = 4 << 20;

    /// <summary>Most calls at once on one connection; a client's library holds the others back.</summary>
    public int MaxStreamsPerConnection { get; set; } = 100;

    /// <summary>Most connections at once on one port; one more is closed as it comes.</summary>
    public int MaxConnections { get; set; } = 1_000;

    /// <summary>How long a connection may be without a call, in seconds.</summary>
    public double ConnectionIdleSeconds { get; set; } = 300;

    /// <summary>How long a call waits for a client that neither sends nor takes anything.</summary>
    public double IdleSeconds { get; set; } = 60;

    /// <summary>
    /// Fewest bytes a second of a stream of requests, on average over the time that a call waits for them; 0 = any. Tokens and compressed
    /// music that are sent as they are played have more.
    /// </summary>
    public double MinUploadBytesPerSecond { get; set; } = 100;

    /// <summary>How long a call waits for a stream of requests, in all, before <see cref="MinUploadBytesPerSecond"/> counts.</summary>
    public double UploadGraceSeconds { get; set; } = 30;

    /// <summary>How long a call waits for a stream of requests, in all.</summary>
    public double MaxUploadSeconds { get; set; } = 1_800;

    /// <summary>Most bytes of the headers of one call, its metadata among them: names and values.</summary>
    public int MaxHeaderBytes { get; set; } = 32 << 10;

    /// <summary>Refuses work of more than <see cref="MaxFrameSteps"/>.</summary>
    /// <param name="field">The path of the field that asks for it.</param>
    /// <param name="frameSteps">Frames times sampling steps, of everything that is asked for.</param>
    /// <param name="factors">What was multiplied, in words.</param>
    /// <exception cref="InvalidRequestException">with the estimate</exception>
    public void CheckCost(string field, long frameSteps, string factors)
    {
        if (frameSteps > MaxFrameSteps)
            throw new InvalidRequestException(field, $"would take {frameSteps} frame-steps ({factors}), expected at most {MaxFrameSteps}");
    }

    /// <summary>The same for the audio library.</summary>
    public AudioLimits Audio => new()
    {
        MaxSeconds = MaxSeconds,
        MaxSpooledBytes = MaxAudioBytes,
        MaxSamples = Math.Max(AudioLimits.Default.MaxSamples, (long)(2 * 96_000 * MaxSeconds)),
    };

    /// <summary>Most token frames, at a codec's frame rate; that of the paper where it is not known.</summary>
    public int MaxFrames(FrameRate? rate = null) =>
        (int)Math.Min(int.MaxValue / 64, (rate ?? FrameRate.VampNet).ToFrames(MaxSeconds) + 1L);
}

/// <summary>Limits of every server of the mesh: docs/services.md.</summary>
internal static class LimitsDefaults
{
    // Ours send audio in 64 KB, and a window of tokens is smaller.
    private const int SmallestMessage = 128 << 10, LargestMessage = 1 << 30;

    private const int SmallestHeaders = 4 << 10, LargestHeaders = 1 << 20;

    private const double LongestSeconds = 86_400;

    public static void AddLimits(this IServiceCollection services)
    {
        services.AddOptions<MeshLimits>().BindConfiguration(MeshLimits.Section)
            .Validate(l => l.MaxSeconds is > 0 and <= LongestSeconds, $"Limits:MaxSeconds must be above 0, at most {LongestSeconds}")
            .Validate(l => l.MaxAudioBytes > 0, "Limits:MaxAudioBytes must be above 0")
            .Validate(
                l => l is { MaxDiskBytes: > 0, MaxDiskBytesPerTenant: null or > 0 },
                "Limits:MaxDiskBytes and Limits:MaxDiskBytesPerTenant must be above 0")
            .Validate(l => l.MaxSteps > 0, "Limits:MaxSteps must be above 0")
            .Validate(l => l.MaxVariations > 0, "Limits:MaxVariations must be above 0")
            .Validate(l => l.MaxFeedback > 0, "Limits:MaxFeedback must be above 0")
            .Validate(l => l.MaxFrameSteps > 0, "Limits:MaxFrameSteps must be above 0")
            .Validate(
                l => l.DefaultDeadlineSeconds is > 0 and <= LongestSeconds,
                $"Limits:DefaultDeadlineSeconds must be above 0, at most {LongestSeconds}")
            .Validate(
                l => l.MaxMessageBytes is >= SmallestMessage and <= LargestMessage,
                $"Limits:MaxMessageBytes must be {SmallestMessage} to {LargestMessage}")
            .Validate(l => l.MaxStreamsPerConnection > 0, "Limits:MaxStreamsPerConnection must be above 0")
            .Validate(l => l.MaxConnections > 0, "Limits:MaxConnections must be above 0")
            .Validate(
                l => IsTime(l.ConnectionIdleSeconds), $"Limits:ConnectionIdleSeconds must be above 0, at most {LongestSeconds}")
            .Validate(l => IsTime(l.IdleSeconds), $"Limits:IdleSeconds must be above 0, at most {LongestSeconds}")
            .Validate(l => l.MinUploadBytesPerSecond >= 0, "Limits:MinUploadBytesPerSecond must be at least 0")
            .Validate(l => IsTime(l.UploadGraceSeconds), $"Limits:UploadGraceSeconds must be above 0, at most {LongestSeconds}")
            .Validate(l => IsTime(l.MaxUploadSeconds), $"Limits:MaxUploadSeconds must be above 0, at most {LongestSeconds}")
            .Validate(
                l => l.MaxHeaderBytes is >= SmallestHeaders and <= LargestHeaders,
                $"Limits:MaxHeaderBytes must be {SmallestHeaders} to {LargestHeaders}")
            .ValidateOnStart();
        services.AddOptions<GrpcServiceOptions>()
            .Configure<IOptions<MeshLimits>>((grpc, limits) => grpc.MaxReceiveMessageSize = limits.Value.MaxMessageBytes);
        services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<MeshLimits>>(
                (kestrel, limits) =>
                {
                    kestrel.Limits.Http2.MaxStreamsPerConnection = limits.Value.MaxStreamsPerConnection;
                    kestrel.Limits.MaxConcurrentConnections = limits.Value.MaxConnections;
                    HeaderLimit.Configure(kestrel.Limits, limits.Value.MaxHeaderBytes);
                });
        services.AddSingleton<IdleLimit>();
        services.AddSingleton<DefaultDeadline>();
        services.AddSingleton<HeaderLimit>();
        services.AddSingleton<FrameLimit>();
        services.AddSingleton<ConnectionLimit>();
    }

    private static bool IsTime(double seconds) => seconds is > 0 and <= LongestSeconds;
}
