using System.Security.Cryptography;
using System.Text;
using VampNet.Testing;

namespace VampNet.Cli.Tests;

[Collection(CliTests.Name)]
public sealed class ServeTests(MeshFixture mesh)
{
    [Fact]
    public async Task A_mesh_in_one_process_shows_the_gateways_metrics_on_a_port_of_their_own()
    {
        var port = FreePort.Find();
        using var server = VampNetProcess.Start(
            "serve", "--all", "--urls", "http://127.0.0.1:0", "--model", mesh.Model, "--set", $"metrics:port={port}", "--set",
            "Http:Port=0");
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

    [Fact]
    public async Task A_gateway_that_asks_who_calls_is_called_over_TLS_with_a_key_that_is_never_shown()
    {
        const string Key = "a-key-of-somebody";
        using var ca = new TestCa();
        using var folder = new TemporaryFolder();
        var own = ca.Issue("gateway", "127.0.0.1");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        await File.WriteAllTextAsync(
            folder.File("keys.json"), $$"""[{ "name": "me", "tenant": "mine", "scopes": ["models:read"], "sha256": "{{hash}}" }]""");
        using var server = VampNetProcess.Start(
            "serve", "--all", "--urls", "http://127.0.0.1:0", "--model", mesh.Model, "--set", $"Tls:CertificatePath={own.Path}", "--set",
            $"Tls:KeyPath={own.KeyPath}", "--set", $"Authentication:ApiKeysPath={folder.File("keys.json")}");
        try
        {
            var line = await server.StandardOutput.ReadLineAsync();
            Assert.StartsWith(
                "gateway https://127.0.0.1:", line ?? await server.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
            string[] models = ["models", "--gateway", line!["gateway ".Length..], "--ca", ca.Path];
            Assert.Contains("default", (await EndsAsync(0, [$"VAMPNET_API_KEY={Key}"], models)).Output, StringComparison.Ordinal);
            await EndsAsync(0, [], [.. models, "--api-key", Key]);
            Assert.Contains("Unauthenticated", (await EndsAsync(1, [], models)).Error, StringComparison.Ordinal);
            await EndsAsync(1, [], [.. models, "--api-key", "another-key"]);
            Assert.Contains("certificate", (await EndsAsync(1, [$"VAMPNET_API_KEY={Key}"], models[..3])).Error, StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
        Assert.Contains(
            "https addresses only", (await EndsAsync(2, [], ["models", "--gateway", "http://192.0.2.1:5100", "--api-key", Key])).Error,
            StringComparison.Ordinal);

        static async Task<Ended> EndsAsync(int code, string[] environment, string[] arguments)
        {
            var ended = await VampNetProcess.RunAsync(environment, arguments);
            Assert.True(ended.ExitCode == code, ended.Error);
            Assert.DoesNotContain(Key, ended.Output + ended.Error, StringComparison.Ordinal);
            return ended;
        }
    }
}
