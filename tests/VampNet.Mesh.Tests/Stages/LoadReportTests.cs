using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using Xds.Data.Orca.V3;
using Xds.Service.Orca.V3;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>What a stage tells of its load; the test decides when a step ends and when time passes.</summary>
public sealed class LoadReportTests : IAsyncLifetime
{
    private const int Patience = 30_000; // in ms

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ManualTime _time = new();
    private StageHost _stage = null!;
    private CoarseGeneratorService.CoarseGeneratorServiceClient _client = null!;

    private HeldGenerator Generator { get; } = new();

    public async Task InitializeAsync()
    {
        _stage = await StageHost.CoarseAsync(Generator, _time);
        _client = new CoarseGeneratorService.CoarseGeneratorServiceClient(_stage.Channel);
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task A_stage_reports_the_steps_that_all_its_callers_wait_for()
    {
        using var reports = Reports(Interval);
        Assert.Equal((0, 0), await NextAsync(reports));
        using var first = _client.Generate(Calls.Generation(steps: 5));
        await Generator.Started.WaitAsync();
        await ReportedAsync(reports, steps: 5, requests: 1);

        using var second = _client.Generate(Calls.Generation(steps: 7));
        await _stage.ScheduledAsync<ITokenGenerator>(2);
        await ReportedAsync(reports, steps: 12, requests: 2);

        // The first makes one step, then both another.
        for (var step = 0; step < 2; step++)
        {
            Generator.Permits.Release();
            await Generator.Started.WaitAsync();
        }
        await ReportedAsync(reports, steps: 9, requests: 2);

        second.Dispose();
        await ReportedAsync(reports, steps: 3, requests: 1);
        Generator.Permits.Release(3);
        await first.ResponseStream.ReadToEndAsync();
        await ReportedAsync(reports, steps: 0, requests: 0);
    }

    [Fact(Timeout = Patience)]
    public async Task Nobody_hears_more_often_than_ten_times_a_second()
    {
        const int Count = 5;
        using var reports = Reports(TimeSpan.FromTicks(1));
        await NextAsync(reports);
        for (var i = 0; i < Count; i++)
            await NextAsync(reports, TimeSpan.FromSeconds(0.01));
        Assert.True(_time.GetElapsedTime(0) >= Count * TimeSpan.FromSeconds(0.1));
    }

    [Fact(Timeout = Patience)]
    public async Task Reports_end_when_the_stage_does()
    {
        using var reports = Reports(Interval);
        await NextAsync(reports);
        var stopping = _stage.StopAsync();
        Assert.False(await reports.ResponseStream.MoveNext());
        await stopping;
    }

    [Theory(Timeout = Patience)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task An_interval_that_makes_no_sense_still_gets_the_first_report(long seconds)
    {
        using var reports = new OpenRcaService.OpenRcaServiceClient(_stage.Channel)
            .StreamCoreMetrics(new OrcaLoadReportRequest { ReportInterval = new Duration { Seconds = seconds } });
        Assert.Equal((0, 0), await NextAsync(reports));
    }

    private AsyncServerStreamingCall<OrcaLoadReport> Reports(TimeSpan interval) =>
        new OpenRcaService.OpenRcaServiceClient(_stage.Channel)
            .StreamCoreMetrics(new OrcaLoadReportRequest { ReportInterval = interval.ToDuration() });

    /// <summary>Time passes until this is reported.</summary>
    private async Task ReportedAsync(AsyncServerStreamingCall<OrcaLoadReport> reports, double steps, double requests)
    {
        do
        {
            // Not before the stage waits: time that passes while it writes would look to it as if nobody took the report.
            await _time.AwaitedAsync(Interval);
            _time.Advance(Interval);
        }
        while (await NextAsync(reports) != (steps, requests));
    }

    /// <summary>Time passes, so much at once, until there is a report.</summary>
    private async Task<(double Steps, double Requests)> NextAsync(AsyncServerStreamingCall<OrcaLoadReport> reports, TimeSpan tick)
    {
        var next = NextAsync(reports);
        while (!next.IsCompleted)
        {
            _time.Advance(tick);
            await Task.Yield();
        }
        return await next;
    }

    private static async Task<(double Steps, double Requests)> NextAsync(AsyncServerStreamingCall<OrcaLoadReport> reports)
    {
        Assert.True(await reports.ResponseStream.MoveNext());
        var metrics = reports.ResponseStream.Current.NamedMetrics;
        return (metrics["vampnet.pending_steps"], metrics["vampnet.pending_requests"]);
    }
}
