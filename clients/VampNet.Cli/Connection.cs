using VampNet.Client;
using VampNet.Services.AllInOne;

namespace VampNet.Cli;

/// <summary>A gateway to talk to: somebody's, or our own within this process.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly MeshHost? _mesh;

    private Connection(VampNetClient client, MeshHost? mesh) => (Client, _mesh) = (client, mesh);

    public VampNetClient Client { get; }

    /// <summary>To a gateway somewhere.</summary>
    public static Connection To(VampNetClient client) => new(client, null);

    /// <summary>To a mesh that runs here.</summary>
    public static async Task<Connection> HostAsync(MeshHostOptions options, CancellationToken cancellationToken)
    {
        Requirements.HasDevice(options.Model.Device);
        var mesh = await MeshHost.StartAsync(options, cancellationToken);
        return new Connection(new VampNetClient(mesh.Gateway), mesh);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_mesh is not null)
            await _mesh.DisposeAsync();
    }
}
