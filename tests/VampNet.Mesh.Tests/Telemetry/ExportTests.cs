using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Models.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Telemetry;

/// <summary>Where telemetry goes to.</summary>
public sealed partial class ExportTests
{
    [Theory]
    [InlineData("http/protobuf", "/v1/metrics", "/v1/traces")]
    [InlineData(
        "grpc", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    public async Task A_collector_that_the_configuration_names_gets_metrics_and_traces(string protocol, string metrics, string traces)
    {
        await using var collector = new Collector();
        await collector.StartAsync(protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using (var gateway = await StageHost.GatewayAsync(
            StageHost.Nowhere, $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address}", $"--OTEL_EXPORTER_OTLP_PROTOCOL={protocol}",
            "--OTEL_SERVICE_NAME=a-gateway-under-test"))
            await AskAsync(gateway);
        // A server that ends sends what it has not sent.
        foreach (var (path, word) in new[] { (metrics, "rpc.server.call.duration"), (traces, "vampnet.models.v1.ModelService/ListModels") })
        {
            Assert.Contains(word, collector.Received[path], StringComparison.Ordinal);
            Assert.Contains("a-gateway-under-test", collector.Received[path], StringComparison.Ordinal);
        }
        // Watching stages is no part of any request.
        Assert.DoesNotContain("127.0.0.1:1/grpc.health", collector.Received[traces], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_that_share_a_process_send_metrics_each_for_itself_and_one_the_traces_of_all()
    {
        using var package = new TinyPackage();
        await using var collector = new Collector();
        await collector.StartAsync(HttpProtocols.Http1);
        var options = new MeshHostOptions
        {
            Model = new ModelOptions { Path = package.Folder },
            Configuration = new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            },
        };
        await using (var mesh = await MeshHost.StartAsync(options))
        {
            using var channel = GrpcChannel.ForAddress(mesh.Gateway);
            await new ModelService.ModelServiceClient(channel).ListModelsAsync(new ListModelsRequest());
        }
        var (metrics, traces) = (collector.Received["/v1/metrics"], collector.Received["/v1/traces"]);
        Assert.Equal(5, Instances(metrics).Count());
        Assert.Single(Instances(traces));
        foreach (var stage in new[] { "gateway", "codec", "coarse", "fine", "beats" })
            Assert.Contains(stage, traces, StringComparison.Ordinal);
        // The caller's end of a call, described by gRPC's conventions.
        Assert.Contains("OpenTelemetry.Instrumentation.GrpcNetClient", traces, StringComparison.Ordinal);

        static IEnumerable<string> Instances(string sent) => Instance().Matches(sent).Select(match => match.Groups[1].Value).Distinct();
    }

    [Fact]
    public async Task A_port_of_its_own_serves_metrics_to_Prometheus()
    {
        var port = FreePort.Find();
        await using var gateway = await StageHost.GatewayAsync(StageHost.Nowhere, "--Replicas:WaitSeconds=0", $"--Metrics:Port={port}");
        await AskAsync(gateway);
        var page = await PrometheusPage.GetAsync(new Uri($"http://127.0.0.1:{port}"), HttpVersion.Version11);
        Assert.Equal(
            1, page.Sum(
                "rpc_server_call_duration_seconds_count", "rpc_method=\"vampnet.models.v1.ModelService/ListModels\"",
                "rpc_response_status_code=\"UNAVAILABLE\"", "error_type=\"UNAVAILABLE\""));
    }

    /// <summary>A call that reaches the gateway, and no stage behind it.</summary>
    private static async Task AskAsync(StageHost gateway)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            () => new ModelService.ModelServiceClient(gateway.Channel).ListModelsAsync(new ListModelsRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [GeneratedRegex("service\\.instance\\.id.{1,8}?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", RegexOptions.Singleline)]
    private static partial Regex Instance();

    /// <summary>A collector of OTLP, which keeps what it gets.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private WebApplication? _app;

        public ConcurrentDictionary<string, string> Received { get; } = new();

        public string Address => _app!.Urls.Single();

        public async Task StartAsync(HttpProtocols protocols)
        {
            var builder = WebApplication.CreateSlimBuilder(["--Urls=http://127.0.0.1:0"]);
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols));
            _app = builder.Build();
            _app.MapPost("/{**path}", async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                var words = Encoding.Latin1.GetString(body.ToArray());
                Received.AddOrUpdate(context.Request.Path.Value!, words, (_, before) => before + words);
                if (protocols == HttpProtocols.Http1)
                    return Results.Bytes([], "application/x-protobuf");
                context.Response.AppendTrailer("grpc-status", "0");
                return Results.Bytes(new byte[5], "application/grpc"); // an empty message
            });
            await _app.StartAsync();
        }

        public async ValueTask DisposeAsync() => await _app!.DisposeAsync();
    }
}
