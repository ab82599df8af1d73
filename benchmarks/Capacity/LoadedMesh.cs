using System.Diagnostics;
using System.Globalization;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Core.Tokens;
using VampNet.Load.Servers;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Benchmarks.Capacity;

/// <summary>A real mesh on this machine and its clients: what a vamp takes that has it for itself, and what many take.</summary>
internal sealed class LoadedMesh : IAsyncDisposable
{
    /// <summary>Of the file that the simulation is compared with; what stages and others took is of the whole level of load.</summary>
    public const string Header = "run,load,arrival_s,music_s,latency_s,codec_s,coarse_s,fine_s,cores,others_cores";

    private const int Seed = 19, WarmUps = 2;
    private const double Least = 1e-6; // seconds

    private static readonly double[] Lengths = [2, 4, 8]; // seconds of music

    private static readonly string[] Stages = ["codec", "coarse", "fine"];

    private readonly MeshProcesses _mesh;
    private readonly VampNetClient _client;
    private readonly AudioBuffer _music;
    private double _slowest; // seconds that the slowest stage takes for a request of the mix, on average
    private int _sent;

    private LoadedMesh(MeshProcesses mesh, AudioBuffer music) => (_mesh, _music, _client) = (mesh, music, new VampNetClient(mesh.Gateway));

    public static async Task<LoadedMesh> StartAsync(string package, string device, Workload workload, CancellationToken cancellation)
    {
        var mesh = new LoadedMesh(await MeshProcesses.StartAsync(package, device), workload.Audio);
        MetricsSample before = null!, after = null!;
        for (var round = 0; round <= WarmUps; round++)
        {
            before = await mesh._mesh.ReadAsync(cancellation);
            foreach (var seconds in Lengths)
                await mesh.VampAsync(seconds, cancellation);
            after = await mesh._mesh.ReadAsync(cancellation);
        }
        mesh._slowest = Stages.Max(stage => MeshProcesses.Computed(before, after, stage)) / Lengths.Length;
        return mesh;
    }

    /// <summary>What a vamp that has the mesh for itself takes outside the stages: the rows "request" of the table of costs.</summary>
    public async Task<IReadOnlyList<OperationCost>> MeasureAloneAsync(int repeats, CancellationToken cancellation)
    {
        var costs = new List<OperationCost>();
        foreach (var seconds in Lengths)
        {
            var (wall, processor) = (new List<double>(), new List<double>());
            for (var i = 0; i < repeats; i++)
            {
                var (before, used) = (await _mesh.ReadAsync(cancellation), _mesh.ProcessorTime());
                var latency = await VampAsync(seconds, cancellation);
                var now = _mesh.ProcessorTime();
                var after = await _mesh.ReadAsync(cancellation);
                var computed = Stages.Sum(stage => MeshProcesses.Computed(before, after, stage));
                // Stages work side by side for one request, too, so that they may compute longer than it takes.
                wall.Add(Math.Max(Least, latency - computed));
                // With one compute thread a stage's time is processor time, or more than that on a busy machine.
                processor.Add(Math.Max(now.Own - used.Own - computed, now.Beside - used.Beside));
            }
            costs.Add(new OperationCost(
                "request", FrameRate.VampNet.ToFrames(seconds), 1, OperationCost.Middle(wall) * 1e3,
                OperationCost.Middle(processor) * 1e3));
        }
        return costs;
    }

    /// <summary>Random arrivals (a Poisson process) that wait for nobody.</summary>
    /// <param name="run">number of the run, from 1: each has arrivals of its own</param>
    /// <param name="load">of the slowest stage</param>
    /// <returns>a line a request; its latency counts from the moment that it was to arrive</returns>
    public async Task<IReadOnlyList<string>> MeasureAsync(int run, double load, int requests, CancellationToken cancellation)
    {
        var random = new Random(Seed + run);
        var moment = 0.0;
        var plan = Enumerable.Range(0, requests).Select(_ =>
            (Arrival: moment += -Math.Log(1 - random.NextDouble()) * _slowest / load,
                Music: Lengths[random.Next(Lengths.Length)])).ToList();
        var (before, used) = (await _mesh.ReadAsync(cancellation), _mesh.ProcessorTime());
        var start = Stopwatch.GetTimestamp();
        var calls = new List<Task<double>>();
        foreach (var (arrival, music) in plan)
        {
            if (arrival - Stopwatch.GetElapsedTime(start).TotalSeconds is > 0 and var rest)
                await Task.Delay(TimeSpan.FromSeconds(rest), cancellation);
            calls.Add(Task.Run(
                async () =>
                {
                    await VampAsync(music, cancellation);
                    return Stopwatch.GetElapsedTime(start).TotalSeconds - arrival;
                }, cancellation));
        }
        var latencies = await Task.WhenAll(calls);
        var (seconds, now) = (Stopwatch.GetElapsedTime(start).TotalSeconds, _mesh.ProcessorTime());
        var after = await _mesh.ReadAsync(cancellation);
        var others = Math.Max(0, (now.All - used.All - (now.Own - used.Own)) / seconds);
        var computed = string.Join(
            ',', Stages.Select(stage => MeshProcesses.Computed(before, after, stage).ToString("0.000", CultureInfo.InvariantCulture)));
        Console.Error.WriteLine(
            $"load {load:0.00}: mean {latencies.Average():0.000} s, {requests / seconds:0.000} a second, stages computed {computed} s, "
                + $"others kept {others:0.00} cores busy");
        return [.. plan.Zip(latencies, (request, latency) => string.Create(
            CultureInfo.InvariantCulture,
            $"{run},{load:0.00},{request.Arrival:0.000},{request.Music:0.###},{latency:0.000},{computed},{Environment.ProcessorCount},"
                + $"{others:0.00}"))];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _mesh.DisposeAsync();
    }

    /// <returns>seconds from the first byte up to the last byte down</returns>
    private async Task<double> VampAsync(double seconds, CancellationToken cancellation)
    {
        var frames = (int)(seconds * _music.SampleRate);
        var file = AudioFile.Encode(
            new AudioBuffer(_music.Samples[..(frames * _music.Channels)], _music.SampleRate, _music.Channels), AudioFormat.Wav16);
        var config = new VampConfig
        {
            Prompt = Workload.WirePrompt,
            Output = new OutputFormat { Encoding = OutputEncoding.WavS16 },
            Stereo = StereoPolicy.Mono,
            Seed = (ulong)Interlocked.Increment(ref _sent),
        };
        var start = Stopwatch.GetTimestamp();
        await foreach (var _ in _client.VampAsync(config, new MemoryStream(file), cancellationToken: cancellation))
        {
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
