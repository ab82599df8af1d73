using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace VampNet.Services.Hosting.Limits;

/// <summary>Limits of every server of the mesh: docs/services.md.</summary>
internal static class LimitsDefaults
{
    // Ours send audio in 64 KB, and a window of tokens is smaller.
    private const int SmallestMessage = 128 << 10, LargestMessage = 1 << 30;

    private const double LongestSeconds = 86_400;

    public static void AddLimits(this IServiceCollection services)
    {
        services.AddOptions<MeshLimits>().BindConfiguration(MeshLimits.Section)
            .Validate(l => l.MaxSeconds is > 0 and <= LongestSeconds, $"Limits:MaxSeconds must be above 0, at most {LongestSeconds}")
            .Validate(l => l.MaxAudioBytes > 0, "Limits:MaxAudioBytes must be above 0")
            .Validate(l => l.MaxSteps > 0, "Limits:MaxSteps must be above 0")
            .Validate(l => l.MaxVariations > 0, "Limits:MaxVariations must be above 0")
            .Validate(l => l.MaxFeedback > 0, "Limits:MaxFeedback must be above 0")
            .Validate(
            l => l.MaxMessageBytes is >= SmallestMessage and <= LargestMessage,
            $"Limits:MaxMessageBytes must be {SmallestMessage} to {LargestMessage}")
            .Validate(l => l.MaxStreamsPerConnection > 0, "Limits:MaxStreamsPerConnection must be above 0")
            .Validate(l => l.IdleSeconds is > 0 and <= LongestSeconds, $"Limits:IdleSeconds must be above 0, at most {LongestSeconds}")
            .ValidateOnStart();
        services.AddOptions<GrpcServiceOptions>()
            .Configure<IOptions<MeshLimits>>((grpc, limits) => grpc.MaxReceiveMessageSize = limits.Value.MaxMessageBytes);
        services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<MeshLimits>>(
            (kestrel, limits) => kestrel.Limits.Http2.MaxStreamsPerConnection = limits.Value.MaxStreamsPerConnection);
        services.AddSingleton<IdleLimit>();
    }
}
