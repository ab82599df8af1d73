using Grpc.Net.Client;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Replicas of a stage, each a process of its own, that may be killed and started again.</summary>
/// <param name="program">such as CoarseGenerator</param>
/// <param name="service">whose health says that it is ready</param>
/// <param name="arguments">more configuration</param>
internal sealed class StageReplicas(string program, string service, string modelFolder, params string[] arguments) : IAsyncDisposable
{
    private readonly List<ServiceProcess> _processes = [];

    public List<Uri> Addresses { get; } = [];

    /// <summary>As the gateway is told of them.</summary>
    public string List => string.Join(',', Addresses.Select(address => address.GetLeftPart(UriPartial.Authority)));

    public ServiceProcess this[int number] => _processes[number];

    /// <summary>Starts so many, and waits until all serve.</summary>
    public async Task StartAsync(int count)
    {
        for (var i = 0; i < count; i++)
            _processes.Add(Start());
        foreach (var process in _processes)
        {
            Addresses.Add(await process.AddressAsync());
            await ServingAsync(process, Addresses[^1]);
        }
    }

    /// <summary>Starts one again, at its old address, once it has ended, and waits until it serves.</summary>
    public async Task RestartAsync(int number)
    {
        await _processes[number].DisposeAsync();
        _processes[number] = Start(Addresses[number]);
        await ServingAsync(_processes[number], await _processes[number].AddressAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
    }

    private ServiceProcess Start(Uri? url = null) => new($"VampNet.Services.{program}", modelFolder, url, arguments);

    private async Task ServingAsync(ServiceProcess process, Uri address)
    {
        using var channel = GrpcChannel.ForAddress(address);
        await process.ServingAsync(channel, service);
    }
}
