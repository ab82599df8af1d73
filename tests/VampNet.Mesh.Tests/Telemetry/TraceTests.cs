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
    private const string Generate = "vampnet.generator.v1.GeneratorService/Generate";
    private const string Track = "vampnet.beats.v1.BeatService/Track";

    [Fact]
    public async Task A_vamp_is_one_trace_through_all_five_servers()
    {
        using var trace = new Trace();
        var config = Vamps.Config().With(c => c.Prompt = new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.05, AfterSeconds = 0.05 } });
        await mesh.Client.RunAsync(config, Sounds.Clicks(4, 120));
        var vamp = await trace.ServerAsync("gateway", Vamp);
        trace.End();

        Assert.True(trace.IsUnder(vamp, trace.Root));
        foreach (var (stage, method, above) in new[]
        {
            ("codec", Encode, Vamp), ("beats", Track, Vamp), ("coarse", Generate, "window coarse"), ("fine", Generate, "window fine"), ("codec", Decode, "render codec"),
        })
        {
            var call = await trace.ServerAsync(stage, method);
            Assert.Equal(ActivityKind.Server, call.Kind);
            Assert.Equal("OK", call.GetTagItem("rpc.response.status_code"));
            var parent = trace.Parent(call);
            Assert.Equal("Grpc.Net.Client", parent.Source.Name);
            Assert.Equal(above, trace.Parent(parent).DisplayName);
            Assert.True(trace.IsUnder(call, vamp));
        }
        foreach (var stage in new[] { "codec", "beats" })
            Assert.Contains(trace.All, span => span.OperationName == "compute" && Equals(span.GetTagItem(StageName.Attribute), stage) && trace.IsUnder(span, vamp));
        var windows = trace.All.Where(span => span.DisplayName.StartsWith("window", StringComparison.Ordinal)).ToList();
        Assert.All(windows, window => Assert.Equal("variation", trace.Parent(window).DisplayName));
    }

    [Fact]
    public async Task A_routed_call_is_one_trace_through_gateway_and_stage()
    {
        using var trace = new Trace();
        await mesh.Client.EncodeAsync(new MemoryStream(Sounds.Chord(1)));
        var encode = await trace.ServerAsync("codec", Encode);
        trace.End();
        Assert.True(trace.IsUnder(encode, trace.Root));
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

        public void End() => Root.Stop();

        /// <summary>The span of a call at its server, which may end a little after its caller has gone on.</summary>
        public async Task<Activity> ServerAsync(string stage, string method)
        {
            while (true)
            {
                if (All.FirstOrDefault(span => span.DisplayName == method && Equals(span.GetTagItem(StageName.Attribute), stage)) is { } found)
                    return found;
                Assert.True(await _more.WaitAsync(Patience), $"no span {method} of {stage}");
            }
        }

        public Activity Parent(Activity span) => All.Single(other => other.SpanId == span.ParentSpanId);

        public bool IsUnder(Activity span, Activity ancestor)
        {
            for (var at = span; at is not null; at = All.SingleOrDefault(other => other.SpanId == at.ParentSpanId))
            {
                if (at.ParentSpanId == ancestor.SpanId)
                    return true;
            }
            return false;
        }

        public void Dispose()
        {
            Root.Dispose();
            _listener.Dispose();
            _source.Dispose();
        }
    }
}
