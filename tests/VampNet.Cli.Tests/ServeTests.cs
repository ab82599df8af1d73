using System.Net;
using System.Net.Sockets;

namespace VampNet.Cli.Tests;

[Collection(CliTests.Name)]
public sealed class ServeTests(MeshFixture mesh)
{
    [Fact]
    public async Task A_mesh_in_one_process_shows_the_gateways_metrics_on_a_port_of_their_own()
    {
        var port = FreePort();
        using var server = VampNetProcess.Start(
            "serve", "--all", "--urls", "http://127.0.0.1:0", "--model", mesh.Model, "--set", $"metrics:port={port}");
        try
        {
            var line = await server.StandardOutput.ReadLineAsync();
            Assert.StartsWith(
                "gateway http://127.0.0.1:", line ?? await server.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
            using var client = new HttpClient();
            Assert.Contains("# TYPE", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")), StringComparison.Ordinal);
            var listed = await VampNetProcess.RunAsync("models", "--gateway", line!["gateway ".Length..]);
            Assert.True(listed.ExitCode == 0, listed.Error);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
