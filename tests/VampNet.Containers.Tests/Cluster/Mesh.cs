using System.Net;
using System.Net.Sockets;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Networks;
using Grpc.Net.Client;
using VampNet.Client;

namespace VampNet.Containers.Tests.Cluster;

/// <summary>
/// The mesh as k8s/ describes it, in containers on this machine: what kubectl renders is what runs, with its replicas, limits, probes,
/// grace periods and security. Kubernetes itself is played by the test.
/// </summary>
internal sealed class Mesh : IAsyncDisposable
{
    private readonly INetwork _network = new NetworkBuilder().Build();
    private readonly Names _names;
    private readonly IReadOnlyList<Workload> _workloads;

    private Mesh(Manifests manifests, TimeSpan nameCache)
    {
        _names = new Names(
            () => manifests.Services.Select(service => service.Metadata.Name)
                .SelectMany(name => Ready(name).Select(pod => (name, pod.Address))),
            nameCache);
        _workloads = [.. manifests.Deployments.Select(deployment => new Workload(deployment, manifests, _network, _names.File))];
    }

    public INetwork Network => _network;

    public IReadOnlyList<Workload> Workloads => _workloads;

    /// <param name="name">of a Deployment, such as codec</param>
    public Workload this[string name] => _workloads.Single(workload => workload.Name == name);

    /// <summary>Starts all replicas of everything; ends when all are ready.</summary>
    /// <param name="nameCache">how long names are cached</param>
    public static async Task<Mesh> StartAsync(TimeSpan nameCache)
    {
        var mesh = new Mesh(Manifests.Render("k8s/overlays/cpu"), nameCache);
        try
        {
            await mesh._network.CreateAsync();
            await Task.WhenAll(mesh._workloads.Select(workload => workload.ScaleAsync(workload.Replicas)));
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of the gateway's Service: each of its connections goes to a gateway that is ready, drawn at random.</summary>
    public VampNetClient Connect() => new(GrpcChannel.ForAddress("http://gateway:5100", new GrpcChannelOptions
    {
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var gateways = Ready("gateway").ToArray();
                if (gateways.Length == 0)
                    throw new SocketException((int)SocketError.ConnectionRefused);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                var gateway = new IPEndPoint(Random.Shared.GetItems(gateways, 1)[0].Address, context.DnsEndPoint.Port);
                await socket.ConnectAsync(gateway, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
    }));

    public async ValueTask DisposeAsync()
    {
        await _names.DisposeAsync(); // it asks for the addresses of pods
        await Task.WhenAll(_workloads.Select(workload => workload.DisposeAsync().AsTask()));
        await _network.DisposeAsync();
    }

    private IEnumerable<Pod> Ready(string name) =>
        _workloads?.SingleOrDefault(workload => workload.Name == name)?.Pods.Where(pod => pod.IsReady) ?? [];
}
