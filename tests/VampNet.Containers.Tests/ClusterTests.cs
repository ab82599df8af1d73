using VampNet.Containers.Tests.Cluster;
using Xunit.Abstractions;

namespace VampNet.Containers.Tests;

/// <summary>What operators do to a mesh, and what happens to it, while three clients work without repeating anything.</summary>
[Trait("Category", "Containers")]
public sealed class ClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Clients = 3;

    // As long as a node's cache keeps names at most.
    private static readonly TimeSpan NameCache = TimeSpan.FromSeconds(30);

    private Mesh _mesh = null!;
    private string _expected = null!;

    public async Task InitializeAsync()
    {
        if (!ContainerFactAttribute.HasEngine)
            return;
        _mesh = await Mesh.StartAsync(NameCache);
        using var client = _mesh.Connect();
        _expected = await Load.VampAsync(client);
    }

    public async Task DisposeAsync()
    {
        if (_mesh is not null)
            await _mesh.DisposeAsync();
    }

    [ContainerTheory]
    [InlineData("codec")]
    [InlineData("coarse-generator")]
    [InlineData("fine-generator")]
    [InlineData("beat-tracker")]
    public async Task One_of_two_replicas_crashes(string name) =>
        await NothingIsLostAsync($"kill one of two: {name}", () => _mesh[name].ReplaceAsync(_mesh[name].Pods[0]));

    [ContainerTheory]
    [InlineData("codec")]
    [InlineData("coarse-generator")]
    public async Task One_of_two_replicas_is_deleted(string name) =>
        await NothingIsLostAsync($"delete one of two: {name}", () => _mesh[name].DeleteAsync(_mesh[name].Pods[0]));

    [ContainerTheory]
    [InlineData("codec", true)]
    [InlineData("coarse-generator", true)]
    [InlineData("gateway", true)]
    [InlineData("gateway", false)]
    public async Task A_deployment_is_rolled(string name, bool keepsConnection) =>
        await NothingIsLostAsync(
            $"roll {name}, clients {(keepsConnection ? "keep connections" : "connect anew")}", _mesh[name].RollAsync, keepsConnection);

    [ContainerFact]
    public async Task Everything_is_rolled_at_once() =>
        await NothingIsLostAsync("roll everything", () => Task.WhenAll(_mesh.Workloads.Select(workload => workload.RollAsync())));

    [ContainerTheory]
    [InlineData("codec")]
    [InlineData("fine-generator")]
    public async Task The_only_replica_is_deleted(string name)
    {
        await _mesh[name].ScaleAsync(1);
        await NothingIsLostAsync($"delete the only one: {name}", () => _mesh[name].DeleteAsync(_mesh[name].Pods[0]));
    }

    [ContainerFact]
    public async Task The_only_replica_is_rolled()
    {
        await _mesh["codec"].ScaleAsync(1);
        await NothingIsLostAsync("roll the only one: codec", _mesh["codec"].RollAsync);
    }

    [ContainerFact]
    public async Task A_stage_is_scaled_up_and_down() =>
        await NothingIsLostAsync("scale coarse-generator to 3 and to 1", async () =>
        {
            await _mesh["coarse-generator"].ScaleAsync(3);
            await _mesh["coarse-generator"].ScaleAsync(1);
        });

    [ContainerFact]
    public async Task One_of_two_replicas_is_stopped_for_a_minute() =>
        await NothingIsLostAsync("stop one of two: codec", async () =>
        {
            await _mesh["codec"].Pods[0].SignalAsync("SIGSTOP");
            await Task.Delay(TimeSpan.FromMinutes(1));
            await _mesh["codec"].Pods[0].SignalAsync("SIGCONT");
        });

    [ContainerFact]
    public async Task One_of_two_replicas_is_cut_off() =>
        await NothingIsLostAsync("cut one of two off: coarse-generator", async () =>
        {
            await _mesh["coarse-generator"].Pods[0].DisconnectAsync(_mesh.Network);
            await Task.Delay(TimeSpan.FromSeconds(30));
        });

    /// <summary>Lets clients work before, while and after something is done, until all that was asked to end has ended.</summary>
    private async Task NothingIsLostAsync(string what, Func<Task> action, bool keepsConnection = true)
    {
        var pause = TimeSpan.FromSeconds(5);
        var load = new Load(_mesh, _expected, Clients, keepsConnection);
        await Task.Delay(pause);
        await action();
        var codes = await Task.WhenAll(_mesh.Workloads.Select(workload => workload.EndedAsync()));
        await Task.Delay(pause);
        var result = await load.EndAsync();
        output.WriteLine($"| {what} | {result.Answered} | {result.Lost.Count} | {result.Slowest:0.0} s |");
        Assert.Empty(result.Lost);
        Assert.True(result.Answered > Clients);
        Assert.All(codes.SelectMany(code => code), code => Assert.Equal(0, code));
    }
}
