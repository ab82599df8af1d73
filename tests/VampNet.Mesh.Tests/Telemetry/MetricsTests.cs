using Grpc.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Mesh.Tests.Telemetry;

/// <summary>What the servers of the mesh say about a vamp.</summary>
[Collection(MeshTests.Name)]
public sealed class MetricsTests(Support.Mesh mesh)
{
    private Dictionary<string, Uri> Servers => new()
    {
        ["gateway"] = mesh.Host.Gateway,
        ["codec"] = new(mesh.Host.Stages["Codec"]),
        ["coarse"] = new(mesh.Host.Stages["CoarseGenerator"]),
        ["fine"] = new(mesh.Host.Stages["FineGenerator"]),
        ["beats"] = new(mesh.Host.Stages["BeatTracker"]),
    };

    [Fact]
    public async Task A_vamp_moves_the_instruments_of_every_server()
    {
        var before = await PagesAsync();
        var config = Vamps.Config()
            .With(c => c.Prompt = new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.05, AfterSeconds = 0.05 } });
        await mesh.Client.RunAsync(config, Sounds.Clicks(4, 120));
        var after = await PagesAsync();

        Moves("gateway", "rpc_server_call_duration_seconds_count", "rpc_method=\"vampnet.vamp.v1.VampService/Vamp\"",
            "rpc_response_status_code=\"OK\"", "rpc_system_name=\"grpc\"");
        Moves("codec", "rpc_server_call_duration_seconds_count", "rpc_method=\"vampnet.codec.v1.CodecService/Encode\"");
        Moves("codec", "rpc_server_call_duration_seconds_count", "rpc_method=\"vampnet.codec.v1.CodecService/Decode\"");
        Moves("coarse", "rpc_server_call_duration_seconds_count", "rpc_method=\"vampnet.generator.v1.CoarseGeneratorService/Generate\"");
        Moves("fine", "rpc_server_call_duration_seconds_count", "rpc_method=\"vampnet.generator.v1.FineGeneratorService/Generate\"");
        Moves("beats", "rpc_server_call_duration_seconds_count", "rpc_method=\"vampnet.beats.v1.BeatService/Track\"");
        foreach (var (stage, operation) in new[] { ("codec", "encode"), ("codec", "decode"), ("coarse", "generate"), ("fine", "generate") })
        {
            foreach (var instrument in new[]
            {
                "compute_queue_duration_seconds_count", "compute_duration_seconds_count", "job_queue_duration_seconds_count",
                    "job_duration_seconds_count",
                "job_steps_total", "batch_size_count", "batch_frames_total",
            })
                Moves(stage, $"vampnet_{instrument}", $"vampnet_stage=\"{stage}\"", $"vampnet_operation=\"{operation}\"");
            foreach (var gauge in new[] { "compute_waiting", "job_waiting", "job_active" })
                Assert.Equal(0, after[stage].Sum($"vampnet_{gauge}"));
        }
        Assert.Equal(4, Moved("beats", "vampnet_audio_duration_seconds_total", "vampnet_operation=\"track\""), 0.05);
        Assert.Equal(4, Moved("codec", "vampnet_audio_duration_seconds_total", "vampnet_operation=\"encode\""), 0.05);
        Assert.Equal(4, Moved("codec", "vampnet_audio_duration_seconds_total", "vampnet_operation=\"decode\""), 0.05);
        foreach (var stage in new[] { "coarse", "fine" })
        {
            Moves(stage, "vampnet_generation_tokens_total", $"vampnet_stage=\"{stage}\"");
            Moves("gateway", "vampnet_gateway_window_wait_seconds_count", $"vampnet_stage=\"{stage}\"");
            Moves("gateway", "vampnet_gateway_window_duration_seconds_count", $"vampnet_stage=\"{stage}\"");
        }
        Moves("gateway", "vampnet_gateway_time_to_first_audio_seconds_count");
        Moves("gateway", "vampnet_gateway_real_time_factor_count");
        Assert.Equal(4, Moved("gateway", "vampnet_gateway_audio_seconds_total"), 0.05);
        foreach (var page in after.Values)
        {
            Assert.True(page.Sum("dotnet_process_memory_working_set_bytes") > 10_000_000);
            Assert.True(page.Sum("http_server_request_duration_seconds_count") > 0);
        }

        void Moves(string server, string metric, params string[] labels) =>
            Assert.True(Moved(server, metric, labels) > 0, $"{metric} of {server} did not move");

        double Moved(string server, string metric, params string[] labels) =>
            after[server].Sum(metric, labels) - before[server].Sum(metric, labels);
    }

    [Fact]
    public async Task Refusals_are_counted_by_reason()
    {
        const string Metric = "vampnet_rpc_refusals_total";
        var before = await PrometheusPage.GetAsync(mesh.Host.Gateway);
        await FailsAsync(StatusCode.NotFound, Vamps.Config().With(c => c.Model = "nowhere"));
        await FailsAsync(StatusCode.InvalidArgument, Vamps.Config().With(c => c.Variations = 1_000));
        var after = await PrometheusPage.GetAsync(mesh.Host.Gateway);
        foreach (var (reason, status) in new[] { ("MODEL_NOT_FOUND", "NOT_FOUND"), ("INVALID_REQUEST", "INVALID_ARGUMENT") })
        {
            string[] labels = [
                "rpc_method=\"vampnet.vamp.v1.VampService/Vamp\"", $"vampnet_reason=\"{reason}\"",
                $"rpc_response_status_code=\"{status}\""];
            Assert.Equal(1, after.Sum(Metric, labels) - before.Sum(Metric, labels));
        }

        async Task FailsAsync(StatusCode status, Protos.Vamp.V1.VampConfig config) =>
            Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(() => mesh.Client.RunAsync(config, Sounds.Chord(1)))).StatusCode);
    }

    private async Task<Dictionary<string, PrometheusPage>> PagesAsync()
    {
        var pages = new Dictionary<string, PrometheusPage>();
        foreach (var (name, address) in Servers)
            pages[name] = await PrometheusPage.GetAsync(address);
        return pages;
    }
}
