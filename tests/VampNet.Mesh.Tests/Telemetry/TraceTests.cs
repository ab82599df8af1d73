using System.Collections.Concurrent;
using System.Diagnostics;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Prompt.V1;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Mesh.Tests.Telemetry;

/// <summary>One request is one trace, through all servers.</summary>
[Collection(MeshTests.Name)]
public sealed class TraceTests(Support.Mesh mesh)
{
    private const string Vamp = "vampnet.vamp.v1.VampService/Vamp";
    private const string Encode = "vampnet.codec.v1.CodecService/Encode";
    private const string Decode = "vampnet.codec.v1.CodecService/Decode";
    private const string GenerateCoarse = "vampnet.generator.v1.CoarseGeneratorService/Generate",
        GenerateFine = "vampnet.generator.v1.FineGeneratorService/Generate";
    private const string Track = "vampnet.beats.v1.BeatService/Track";

    [Fact]
    public async Task A_vamp_is_one_trace_through_all_five_servers()
    {
        using var trace = new Trace();
        var config = Vamps.Config()
            .With(c => (c.Prompt, c.Variations) = (new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.05, AfterSeconds = 0.05 } }, 2));
        await mesh.Client.RunAsync(config, Sounds.Clicks(4, 120));
        trace.Root.Stop();
        var vamp = await trace.ServerAsync("gateway", Vamp);

        Assert.True(await trace.IsUnderAsync(vamp, trace.Root));
        foreach (var (stage, method, above) in new[]
        {
            ("codec", Encode, Vamp), ("beats", Track, Vamp), ("coarse", GenerateCoarse, "window coarse"),
                ("fine", GenerateFine, "window fine"), ("codec", Decode, "render codec"),
        })
        {
            var call = await trace.ServerAsync(stage, method);
            Assert.Equal(ActivityKind.Server, call.Kind);
            Assert.Equal("OK", call.GetTagItem("rpc.response.status_code"));
            var http = await trace.ParentAsync(call);
            var parent = await trace.ParentAsync(http);
            Assert.Equal(("System.Net.Http", "Grpc.Net.Client"), (http.Source.Name, parent.Source.Name));
            Assert.Equal(above, (await trace.ParentAsync(parent)).DisplayName);
            Assert.True(await trace.IsUnderAsync(call, vamp));
        }
        foreach (var (stage, operation, above) in new[] { ("codec", "encode", Encode), ("coarse", "generate", GenerateCoarse),
            ("fine", "generate", GenerateFine), ("codec", "decode", Decode) })
            Assert.Equal(above, (await trace.ParentAsync(await trace.ComputeAsync(stage, operation))).DisplayName);
        var windows = trace.All.Where(span => span.DisplayName.StartsWith("window", StringComparison.Ordinal)).ToList();
        foreach (var window in windows)
            Assert.Equal("variation", (await trace.ParentAsync(window)).DisplayName);
        Assert.Equal(
            [("window coarse", 0, 0, 0), ("window fine", 0, 0, 0), ("window fine", 0, 0, 1)],
            windows.Where(w => w.Parent!.GetTagItem("vampnet.variation") is 1)
            .Select(w => (w.DisplayName, Tag(w, "pass"), Tag(w, "channel"), Tag(w, "window"))).Order());
        var variations = trace.All.Where(span => span.DisplayName == "variation").ToList();
        Assert.Equal([0, 1], variations.Select(v => Tag(v, "variation")).Order());
        foreach (var variation in variations)
            Assert.Equal(vamp, await trace.ParentAsync(variation));

        static int Tag(Activity span, string name) => (int)span.GetTagItem($"vampnet.{name}")!;
    }

    [Fact]
    public async Task A_routed_call_is_one_trace_through_gateway_and_stage()
    {
        using var trace = new Trace();
        await mesh.Client.EncodeAsync(new MemoryStream(Sounds.Chord(1)));
        trace.Root.Stop();
        var encode = await trace.ServerAsync("codec", Encode);
        var gateway = await trace.ParentAsync(await trace.ParentAsync(encode));
        Assert.Equal(("route codec", ActivityKind.Server), (gateway.DisplayName, gateway.Kind));
        Assert.True(await trace.IsUnderAsync(gateway, trace.Root));
    }

    /// <summary>Everything that is traced in this process under a span of its own.</summary>
    private sealed class Trace : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

        private readonly ActivitySource _source = new("VampNet.Tests");
        private readonly ActivityListener _listener;
        private readonly ConcurrentQueue<Activity> _stopped = new();
        private readonly SemaphoreSlim _more = new(0);

        public Trace()
        {
            var names = TelemetryNames.Sources.Where(name => !name.Contains('*', StringComparison.Ordinal)).ToList();
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name.StartsWith("VampNet.", StringComparison.Ordinal) || names.Contains(source.Name),
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                {
                    _stopped.Enqueue(span);
                    _more.Release();
                },
            };
            ActivitySource.AddActivityListener(_listener);
            Root = _source.StartActivity("test")!;
        }

        public Activity Root { get; }

        public IEnumerable<Activity> All => _stopped.Where(span => span.TraceId == Root.TraceId);

        /// <summary>The span of a call at its server.</summary>
        public Task<Activity> ServerAsync(string stage, string method) =>
            FindAsync($"{method} of {stage}", span => span.DisplayName == method && Equals(span.GetTagItem(StageName.Attribute), stage));

        /// <summary>A span of work on the device.</summary>
        public Task<Activity> ComputeAsync(string stage, string operation) => FindAsync(
            $"{operation} on the device of {stage}",
            span => span.OperationName == "compute" && Equals(span.GetTagItem(StageName.Attribute), stage)
            && Equals(span.GetTagItem(TelemetryNames.Operation), operation));

        public Task<Activity> ParentAsync(Activity span) =>
            FindAsync($"above {span.DisplayName}", other => other.SpanId == span.ParentSpanId);

        /// <summary>A span may end a little after its caller has gone on.</summary>
        private async Task<Activity> FindAsync(string what, Func<Activity, bool> wanted)
        {
            while (true)
            {
                if (All.FirstOrDefault(wanted) is { } found)
                    return found;
                Assert.True(await _more.WaitAsync(Patience), $"no span {what}");
            }
        }

        public async Task<bool> IsUnderAsync(Activity span, Activity ancestor)
        {
            for (var at = span; at.SpanId != ancestor.SpanId; at = await ParentAsync(at))
            {
                if (at.ParentSpanId == default)
                    return false;
            }
            return true;
        }

        public void Dispose()
        {
            Root.Dispose();
            _listener.Dispose();
            _source.Dispose();
        }
    }
}
