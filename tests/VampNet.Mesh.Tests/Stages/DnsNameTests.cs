using Grpc.Net.Client;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>
/// A gateway in a network of its own, where the name of a stage is what the test says. (Linux gives programs that ip starts in a network
/// namespace the hosts file of that namespace.)
/// </summary>
public sealed class DnsNameTests : IDisposable
{
    private const string Space = "vampnet-test", Near = "vampnet0", Far = "vampnet1", Etc = $"/etc/netns/{Space}";
    private const string Old = "10.213.77.1", New = "10.213.77.3", Inside = "10.213.77.2";

    private readonly TinyPackage _package = new();

    public void Dispose() => _package.Dispose();

    [RootFact, Trait("Category", "Host")]
    public async Task Replicas_come_and_go_behind_a_name_and_no_request_fails()
    {
        await RootCommands.RunAsync("ip", "netns", "add", Space);
        try
        {
            await IpAsync("link", "add", Near, "type", "veth", "peer", "name", Far, "netns", Space);
            foreach (var address in new[] { Old, New })
                await IpAsync("addr", "add", $"{address}/24", "dev", Near);
            await IpAsync("link", "set", Near, "up");
            await IpAsync("-n", Space, "addr", "add", $"{Inside}/24", "dev", Far);
            await IpAsync("-n", Space, "link", "set", Far, "up");
            Directory.CreateDirectory(Etc);
            Name(Old);
            await RunAsync();
        }
        finally
        {
            await IpAsync("netns", "delete", Space);
            Directory.Delete(Etc, recursive: true);
        }
    }

    private async Task RunAsync()
    {
        var stages = StageInfo.All.Select(stage => Start(stage, Old)).ToList();
        ServiceProcess? added = null;
        try
        {
            var names = StageInfo.All.Select(stage => stage == StageInfo.Coarse
                ? $"--Stages:{stage.Program}=dns:///coarse:{stage.Port}"
                : $"--Stages:{stage.Program}=http://{Old}:{stage.Port}");
            await using var gateway = new ServiceProcess(
                "VampNet.Gateway", _package.Folder, new Uri($"http://{Inside}:5100"),
                [$"NETNS={Space}", "--EncodeCache:MaxBytes=0", .. names]);
            using var channel = GrpcChannel.ForAddress(await gateway.AddressAsync());
            await gateway.ServingAsync(channel, VampService.Descriptor.FullName);
            using var client = new VampNetClient(channel);
            var chord = Sounds.Chord(0.5);
            var expected = await client.RunAsync(Vamps.Config(), chord);

            using var enough = new CancellationTokenSource();
            var load = Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                    Assert.Equal(expected.Tokens, (await client.RunAsync(Vamps.Config(), chord)).Tokens);
            });
            added = Start(StageInfo.Coarse, New);
            Name(Old, New);
            await LoggedAsync(gateway, load, $"coarse at http://{New}:{StageInfo.Coarse.Port}/ is Serving");
            Name(New);
            stages[1].Terminate();
            Assert.Equal(0, await stages[1].ExitCodeAsync());
            // By the new one alone.
            Assert.Equal(expected.Tokens, (await client.RunAsync(Vamps.Config(), chord)).Tokens);
            await enough.CancelAsync();
            await load;
        }
        finally
        {
            foreach (var process in stages.Append(added).OfType<ServiceProcess>())
                await process.DisposeAsync();
        }
    }

    private ServiceProcess Start(StageInfo stage, string address) =>
        new($"VampNet.Services.{stage.Program}", _package.Folder, new Uri($"http://{address}:{stage.Port}"));

    /// <summary>Written in place: the namespace has this very file.</summary>
    private static void Name(params string[] addresses) =>
        File.WriteAllLines($"{Etc}/hosts", addresses.Select(address => $"{address} coarse"));

    /// <summary>Until it has said so; a load that fails says why it does not.</summary>
    private static async Task LoggedAsync(ServiceProcess process, Task load, string line)
    {
        while (!process.Log.Contains(line, StringComparison.Ordinal))
        {
            if (load.IsCompleted)
                await load;
            await Task.Yield();
        }
    }

    private static Task IpAsync(params string[] arguments) => RootCommands.RunAsync("ip", arguments);
}
