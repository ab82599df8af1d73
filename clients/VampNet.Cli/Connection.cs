using VampNet.Client;
using VampNet.Services.AllInOne;

namespace VampNet.Cli;

/// <summary>A gateway to talk to: somebody's, or our own within this process.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly MeshHost? _mesh;

    private Connection(Uri gateway, MeshHost? mesh) => (Client, _mesh) = (new VampNetClient(gateway), mesh);

    public VampNetClient Client { get; }

    /// <param name="gateway">null: host the mesh here</param>
    public static async Task<Connection> OpenAsync(Uri? gateway, MeshHostOptions options, CancellationToken cancellationToken)
    {
        if (gateway is not null)
            return new Connection(gateway, null);
        Requirements.HasDevice(options.Model.Device);
        var mesh = await MeshHost.StartAsync(options, cancellationToken);
        return new Connection(mesh.Gateway, mesh);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_mesh is not null)
            await _mesh.DisposeAsync();
    }
}
