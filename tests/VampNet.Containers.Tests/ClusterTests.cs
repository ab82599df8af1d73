using System.Diagnostics;
using VampNet.Containers.Tests.Cluster;
using Xunit.Abstractions;

namespace VampNet.Containers.Tests;

/// <summary>
/// What operators do to a mesh, and what happens to it, while three clients work without repeating anything. Every container has a network
/// namespace of its own; a host is the first replica of each stage.
/// </summary>
[Trait("Category", "Containers")]
public sealed class ClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Clients = 3;

    private const string Host = "host";

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

    /// <summary>What it was doing is lost with its connections: clients do it again elsewhere.</summary>
    [ContainerFact]
    public async Task One_of_two_gateways_crashes_and_clients_repeat_what_is_lost() =>
        await NothingIsLostAsync(
            "kill one of two: gateway, clients repeat", () => _mesh["gateway"].ReplaceAsync(_mesh["gateway"].Pods[0]), repeats: 5);

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

    /// <summary>A gateway that is to end waits for the song.</summary>
    [ContainerFact]
    public async Task A_song_of_ten_minutes_survives_a_roll_of_the_gateways()
    {
        const int Seconds = 600;
        using var client = _mesh.Connect();
        var (began, undisturbed) = (Stopwatch.GetTimestamp(), await Load.VampAsync(client, seconds: Seconds));
        output.WriteLine($"ten minutes of music in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var song = Load.VampAsync(client, seconds: Seconds, heard: response =>
        {
            if (!response.Audio.IsEmpty)
                heard.TrySetResult();
        });
        await Task.WhenAny(heard.Task, song);
        Assert.False(song.IsCompleted);
        await _mesh["gateway"].RollAsync();
        Assert.Equal(undisturbed, await song);
        Assert.All(await _mesh["gateway"].EndedAsync(), code => Assert.Equal(0, code));
    }

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

    [ContainerTheory]
    [InlineData("codec")]
    [InlineData(Host)]
    public async Task One_of_two_is_stopped_for_a_minute(string name) =>
        await NothingIsLostAsync($"stop one of two: {name}", async () =>
        {
            var pods = First(name);
            await Task.WhenAll(pods.Select(pod => pod.SignalAsync("SIGSTOP")));
            await Task.Delay(TimeSpan.FromMinutes(1));
            await Task.WhenAll(pods.Select(pod => pod.SignalAsync("SIGCONT")));
        });

    [ContainerTheory]
    [InlineData("coarse-generator")]
    [InlineData(Host)]
    public async Task One_of_two_is_cut_off(string name) =>
        await NothingIsLostAsync($"cut one of two off: {name}", async () =>
        {
            await Task.WhenAll(First(name).Select(pod => pod.DisconnectAsync(_mesh.Network)));
            await Task.Delay(TimeSpan.FromSeconds(30));
        });

    /// <summary>A second of music takes a second and a half on its line then.</summary>
    [ContainerTheory(entersNamespaces: true)]
    [InlineData("codec")]
    [InlineData(Host)]
    public async Task One_of_two_has_a_slow_line(string name) =>
        await NothingIsLostAsync($"one of two sends 1 Mbit/s: {name}", async () =>
        {
            await Task.WhenAll(First(name).Select(pod => pod.SlowAsync("1mbit")));
            await Task.Delay(TimeSpan.FromSeconds(30));
        });

    /// <summary>The first replica of a workload, or of all stages.</summary>
    private IReadOnlyList<Pod> First(string name) =>
        [.. _mesh.Workloads.Where(workload => name == Host ? workload.Name != "gateway" : workload.Name == name)
            .Select(workload => workload.Pods[0])];

    /// <summary>Lets clients work before, while and after something is done, until all that was asked to end has ended.</summary>
    private async Task NothingIsLostAsync(string what, Func<Task> action, bool keepsConnection = true, int repeats = 0)
    {
        var pause = TimeSpan.FromSeconds(5);
        var load = new Load(_mesh, _expected, Clients, keepsConnection, repeats);
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
