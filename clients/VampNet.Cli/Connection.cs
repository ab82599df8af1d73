using Grpc.Net.Client;
using VampNet.Client;
using VampNet.Core;
using VampNet.Services.AllInOne;

namespace VampNet.Cli;

/// <summary>A gateway to talk to: somebody's, or our own within this process.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly MeshHost? _mesh;
    private readonly VampNetClientOptions _options;

    private Connection(Uri gateway, VampNetClientOptions options, MeshHost? mesh) =>
        (Gateway, Client, _options, _mesh) = (gateway, new VampNetClient(gateway, options), options, mesh);

    public Uri Gateway { get; }

    public VampNetClient Client { get; }

    /// <summary>Whether it is our own.</summary>
    public bool IsOwn => _mesh is not null;

    /// <summary>To a gateway somewhere.</summary>
    public static Connection To(Uri gateway, VampNetClientOptions options) => new(gateway, options, null);

    /// <summary>To a mesh that runs here.</summary>
    public static async Task<Connection> HostAsync(MeshHostOptions options, CancellationToken cancellationToken)
    {
        Requirements.HasDevice(options.Model.Device);
        var mesh = await MeshHost.StartAsync(options, cancellationToken);
        return new Connection(mesh.Gateway, new VampNetClientOptions(), mesh);
    }

    /// <summary>Where a stage is reached: by itself where it is our own, otherwise through the gateway.</summary>
    public Uri AddressOf(StageInfo stage) => _mesh is null ? Gateway : new Uri(_mesh.Stages[stage.Program]);

    /// <summary>A channel of its own to one of these addresses.</summary>
    public GrpcChannel OpenChannel(Uri address) => GatewayChannel.Open(address, _options);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_mesh is not null)
            await _mesh.DisposeAsync();
    }
}
