using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Images;
using DotNet.Testcontainers.Networks;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using HealthService = Grpc.Health.V1.Health;

namespace VampNet.Containers.Tests;

/// <summary>
/// The mesh as containers of the images vampnet/… (`make images`) on a network of their own: one replica of each program, but two of
/// the coarse generator, which the gateway finds by the addresses of one name, as in Kubernetes.
/// </summary>
internal sealed class ContainerMesh : IAsyncDisposable
{
    private readonly INetwork _network = new NetworkBuilder().Build();
    private readonly List<IContainer> _containers = [];

    private ContainerMesh()
    {
    }

    /// <summary>Where the gateway can be reached from outside.</summary>
    public Uri Gateway { get; private set; } = null!;

    public IReadOnlyList<IContainer> CoarseGenerators => [.. Of("coarse-generator")];

    /// <summary>Starts all of them; ends when the gateway has found both coarse generators, and one of each other stage.</summary>
    public static async Task<ContainerMesh> StartAsync()
    {
        var mesh = new ContainerMesh();
        try
        {
            await mesh._network.CreateAsync();
            await Task.WhenAll(
                mesh.StartStageAsync("codec", 5101),
                mesh.StartStageAsync("coarse-generator", 5102),
                mesh.StartStageAsync("coarse-generator", 5102),
                mesh.StartStageAsync("fine-generator", 5103),
                mesh.StartStageAsync("beat-tracker", 5104));
            var gateway = mesh.Define("gateway", 5100)
                .WithEnvironment("Stages__Codec", "http://codec:5101")
                .WithEnvironment("Stages__CoarseGenerator", "dns:///coarse-generator:5102")
                .WithEnvironment("Stages__FineGenerator", "http://fine-generator:5103")
                .WithEnvironment("Stages__BeatTracker", "http://beat-tracker:5104")
                // Nothing is remembered, so that every stage has to do its part each time.
                .WithEnvironment("EncodeCache__MaxBytes", "0")
                .WithWaitStrategy(Wait.ForUnixContainer().UntilMessageIsLogged(@"(?s)(coarse at \S+ is Serving.*){2}"));
            mesh.Gateway = await mesh.StartAsync(gateway, 5100);
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a container without a word.</summary>
    public static async Task KillAsync(IContainer container)
    {
        using var engine = TestcontainersSettings.OS.DockerEndpointAuthConfig.GetDockerClientBuilder(Guid.NewGuid()).Build();
        await engine.Containers.KillContainerAsync(container.Id, new ContainerKillParameters { Signal = "SIGKILL" });
    }

    /// <summary>What the gateway wrote so far.</summary>
    public async Task<string> GatewayLogAsync()
    {
        var (output, errors) = await Of("gateway").Single().GetLogsAsync();
        return output + errors;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_containers.Select(container => container.DisposeAsync().AsTask()));
        await _network.DisposeAsync();
    }

    private IEnumerable<IContainer> Of(string program) =>
        _containers.Where(container => container.Image.Repository == $"vampnet/{program}");

    private Task<Uri> StartStageAsync(string program, int port) =>
        // All of them share the cores of one machine.
        StartAsync(Define(program, port).WithEnvironment("OMP_NUM_THREADS", "1"), port);

    /// <summary>A container of a program as the manifests in k8s/ run it: without privileges, its root file system read-only.</summary>
    private ContainerBuilder Define(string program, int port) => new ContainerBuilder($"vampnet/{program}")
        // Images of this checkout or none: others of the name are not to be downloaded.
        .WithImagePullPolicy(PullPolicy.Never)
        .WithNetwork(_network)
        .WithNetworkAliases(program)
        .WithPortBinding(port, assignRandomHostPort: true)
        .WithTmpfsMount("/tmp")
        .WithCreateParameterModifier(container => (container.HostConfig!.ReadonlyRootfs, container.HostConfig.CapDrop) = (true, ["ALL"]));

    /// <summary>Starts a container, and ends when the program in it says that it is ready.</summary>
    private async Task<Uri> StartAsync(ContainerBuilder definition, int port)
    {
        var container = definition.Build();
        lock (_containers)
            _containers.Add(container);
        await container.StartAsync();
        var address = new UriBuilder("http", container.Hostname, container.GetMappedPublicPort(port)).Uri;
        using var channel = GrpcChannel.ForAddress(address);
        using var watch = new HealthService.HealthClient(channel).Watch(new HealthCheckRequest(), new CallOptions().WithWaitForReady());
        await foreach (var response in watch.ResponseStream.ReadAllAsync())
        {
            if (response.Status == HealthCheckResponse.Types.ServingStatus.Serving)
                return address;
        }
        throw new InvalidOperationException($"{container.Image.FullName} ended before it was ready");
    }
}
