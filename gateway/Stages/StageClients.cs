using Grpc.Health.V1;
using Grpc.Net.Client;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;

namespace VampNet.Gateway.Stages;

/// <summary>Clients of the four stages, one channel each for the life of the gateway.</summary>
internal sealed class StageClients : IDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    private readonly List<GrpcChannel> _channels = [];

    public StageClients(StageAddresses addresses, ILoggerFactory loggers)
    {
        var codec = Open(addresses.Codec, loggers);
        var coarse = Open(addresses.CoarseGenerator, loggers);
        var fine = Open(addresses.FineGenerator, loggers);
        var beats = Open(addresses.BeatTracker, loggers);
        (Codec, Coarse, Fine, Beats) = (new(codec), new(coarse), new(fine), new(beats));
        Models = [new(codec), new(coarse), new(fine), new(beats)];
        Health =
        [
            new(CodecService.Descriptor.FullName, CodecService.Descriptor.FullName, new(codec)),
            new($"{GeneratorService.Descriptor.FullName}/coarse", GeneratorService.Descriptor.FullName, new(coarse)),
            new($"{GeneratorService.Descriptor.FullName}/fine", GeneratorService.Descriptor.FullName, new(fine)),
            new(BeatService.Descriptor.FullName, BeatService.Descriptor.FullName, new(beats)),
        ];
    }

    public CodecService.CodecServiceClient Codec { get; }

    public GeneratorService.GeneratorServiceClient Coarse { get; }

    public GeneratorService.GeneratorServiceClient Fine { get; }

    public BeatService.BeatServiceClient Beats { get; }

    /// <summary>What each stage serves.</summary>
    public IReadOnlyList<ModelService.ModelServiceClient> Models { get; }

    /// <summary>How each stage says whether it serves.</summary>
    public IReadOnlyList<StageHealth> Health { get; }

    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
    }

    private GrpcChannel Open(string address, ILoggerFactory loggers)
    {
        var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            LoggerFactory = loggers,
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                KeepAlivePingDelay = KeepAlive,
                KeepAlivePingTimeout = KeepAlive,
            },
        });
        _channels.Add(channel);
        return channel;
    }
}

/// <param name="Name">what the gateway calls the service of this stage</param>
/// <param name="Service">what the stage itself calls it</param>
internal sealed record StageHealth(string Name, string Service, Health.HealthClient Client);
