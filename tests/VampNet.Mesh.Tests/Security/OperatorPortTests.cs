using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Models.V1;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Security;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Security;

/// <summary>Where a server listens, and what it answers where.</summary>
public sealed class OperatorPortTests
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task What_is_for_operators_is_at_their_ports_and_nothing_else_is()
    {
        var (metrics, reflection) = (FreePort.Find(), FreePort.Find());
        await using var gateway = await StageHost.GatewayAsync(
            StageHost.Nowhere, $"--Metrics:Port={metrics}", $"--Reflection:Port={reflection}");
        foreach (var path in new[] { "/metrics", "/healthz", "/livez" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await GetAsync(gateway.Address, path));
            // Nor does it help to say that one means another port.
            Assert.Equal(HttpStatusCode.NotFound, await GetAsync(gateway.Address, path, host: $"localhost:{metrics}"));
        }
        Assert.Equal(HttpStatusCode.OK, await GetAsync(Local(metrics), "/metrics", version: 1));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(Local(metrics), "/livez", version: 1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(Local(metrics), "/healthz", version: 1)); // it has no stages
        await UnimplementedAsync(() => ReflectAsync(gateway.Channel));
        using var operators = GrpcChannel.ForAddress(Local(reflection));
        await ReflectAsync(operators);
        await UnimplementedAsync(
            () => new ModelService.ModelServiceClient(operators).ListModelsAsync(new ListModelsRequest()).ResponseAsync);
        await new Health.HealthClient(gateway.Channel).CheckAsync(new HealthCheckRequest { Service = "liveness" });
    }

    [Fact]
    public async Task With_a_port_for_metrics_alone_reflection_is_nowhere()
    {
        await using var stage = await StageHost.StartAsync(settings: $"--Metrics:Port={FreePort.Find()}");
        await UnimplementedAsync(() => ReflectAsync(stage.Channel));
    }

    [Fact]
    public async Task A_port_for_operators_has_TLS_if_it_is_to_and_asks_for_no_certificate()
    {
        using var ca = new TestCa();
        var own = ca.Issue("stage", "127.0.0.1");
        var port = FreePort.Find();
        string[] tls =
        [
            $"--Tls:CertificatePath={own.Path}", $"--Tls:KeyPath={own.KeyPath}", $"--Tls:ClientCaPath={ca.Path}", $"--Metrics:Port={port}",
        ];
        await using (await StageHost.StartAsync(settings: tls))
            Assert.Equal(HttpStatusCode.OK, await GetAsync(Local(port), "/metrics", version: 1)); // Prometheus and probes need no key
        await using var stage = await StageHost.StartAsync(settings: [.. tls, "--Metrics:Tls=true"]);
        using var http = new HttpClient(ca.Handler());
        Assert.Contains("process", await http.GetStringAsync(new Uri($"https://127.0.0.1:{port}/metrics")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Metrics:Port=70000", "--Reflection:Port=0")]
    [InlineData("--Metrics:Port=7000", "--Reflection:Port=7000")]
    public async Task Ports_that_cannot_be_are_refused_on_start(params string[] settings) =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => StageHost.StartAsync(settings: settings));

    [Theory]
    [InlineData("http://localhost:5100;http://localhost:9464", "--Metrics:Port=9464")]
    [InlineData("http://*:5100;http://*:9464", "--Metrics:Port=9464", "--DOTNET_RUNNING_IN_CONTAINER=true")]
    [InlineData("http://localhost:5100", "--DOTNET_RUNNING_IN_CONTAINER=false")]
    [InlineData("http://0.0.0.0:80;http://*:9464", "--Urls=http://0.0.0.0:80", "--Metrics:Port=9464")]
    [InlineData("http://127.0.0.1:80;http://localhost:9464", "--Urls=http://127.0.0.1:80", "--Metrics:Port=9464")]
    public void A_server_listens_to_this_machine_unless_it_is_in_a_container_or_told_otherwise(string expected, params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(settings);
        builder.AddStageDefaults(port: 5100);
        Assert.Equal(expected, builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey));
    }

    [Theory]
    [InlineData("http://localhost:5100", true)]
    [InlineData("https://127.0.0.1:0", true)]
    [InlineData("http://[::1]:5100", true)]
    [InlineData("http://*:5100", false)]
    [InlineData("http://+:5100", false)]
    [InlineData("http://0.0.0.0:5100", false)]
    [InlineData("http://[::]:5100", false)]
    [InlineData("http://gateway:5100", false)]
    public void Loopback_is_what_no_other_machine_reaches(string url, bool isLoopback) =>
        Assert.Equal(isLoopback, Listening.IsLoopback(url));

    [Theory]
    [InlineData("http://0.0.0.0:0", true)]
    [InlineData("http://127.0.0.1:0", false)]
    public async Task A_gateway_that_answers_everybody_says_so_where_others_can_reach_it(string url, bool isWarned)
    {
        var log = new LogChannel();
        await using var gateway = await StageHost.ListenAsync(
            b =>
            {
                b.Logging.AddProvider(log);
                Gateway.GatewayStage.AddGateway(b);
            }, a => Gateway.GatewayStage.MapGateway(a), settings: $"--Urls={url}");
        Assert.Equal(isWarned, log.Rest().Any(line => line.Contains("may call, as any tenant", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Settings_may_be_files_of_a_folder_as_secrets_are_mounted()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("Admission__MaxCalls"), "7");
        await using var stage = await StageHost.StartAsync(settings: [$"--Secrets:Path={folder.Path}", "--Admission:MaxCalls=9"]);
        Assert.Equal(7, stage.Get<IOptions<AdmissionOptions>>().Value.MaxCalls);
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => StageHost.StartAsync(settings: $"--Secrets:Path={folder.Path}/missing"));
    }

    private static async Task ReflectAsync(GrpcChannel channel)
    {
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(default));
    }

    private static async Task UnimplementedAsync(Func<Task> call) =>
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    private static async Task<HttpStatusCode> GetAsync(Uri server, string path, int version = 2, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, path))
        {
            Version = new Version(version, version % 2),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Host = host;
        using var response = await Http.SendAsync(request);
        return response.StatusCode;
    }

    private static Uri Local(int port) => new($"http://127.0.0.1:{port}");
}
