using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Fuzz;
using VampNet.Mesh.Tests.Support;

namespace VampNet.Mesh.Tests.Security;

/// <summary>Floods of damaged calls of every method, of strangers and of callers who are known, at a gateway with TLS.</summary>
[Collection(MeshTests.Name)]
public sealed class MalformedFloodTests(Support.Mesh mesh)
{
    private const int Vamps = 5, Flooders = 4, AtLeast = 100; // of the calls of each flooder

    [Fact(Timeout = 300_000)]
    public async Task A_caller_works_on_while_others_flood_the_gateway_with_damaged_calls()
    {
        await using var callers = await KnownCallers.InFrontOfAsync(mesh.Host.Stages);
        using var studio = callers.Client("studio-key");
        var (config, audio) = (Support.Vamps.Config(), Sounds.Chord(0.5));
        var expected = (await studio.RunAsync(config, audio)).Audio;
        using var end = new CancellationTokenSource();
        var floods = new[] { "choir-key", "no-key" }.SelectMany(key => Enumerable.Range(0, Flooders).Select(
            number => Task.Run(() => Flood(callers, key, new Random(number), end.Token)))).ToList();
        for (var i = 0; i < Vamps; i++)
            Assert.Equal(expected, (await studio.RunAsync(config, audio)).Audio);
        await end.CancelAsync();
        await Task.WhenAll(floods);
        await callers.Gateway.AtWorkAsync(0);
        Assert.Equal(expected, (await studio.RunAsync(config, audio)).Audio);
    }

    /// <summary>On a connection of its own; some of its calls are whole by chance, and may be answered.</summary>
    private static void Flood(KnownCallers callers, string key, Random random, CancellationToken end)
    {
        using var http = callers.Http();
        var target = RequestTarget.Create("flood", callers.Gateway.Address, [Sounds.Chord(0.1)], http, ("x-api-key", key));
        for (var sent = 0; sent < AtLeast || !end.IsCancellationRequested; sent++)
        {
            try
            {
                target.Read(target.Damage(target.Seed(random), random));
            }
            catch (Exception error) when (target.IsRefusal(error))
            {
                // It took longer than it may.
            }
        }
    }
}
