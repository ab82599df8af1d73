using System.Diagnostics;
using System.Globalization;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Core.Tokens;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Benchmarks.Capacity;

/// <summary>A real mesh in this process, whose stages share one device thread, and its clients: real gRPC over loopback.</summary>
internal sealed class LoadedMesh : IAsyncDisposable
{
    /// <summary>Of the file that the simulation is compared with; <c>compute_s</c> is the device's, of the whole level of load.</summary>
    public const string Header = "run,load,arrival_s,music_s,latency_s,compute_s,processor_s";

    private const int Repeats = 5, Seed = 19;

    private static readonly double[] Lengths = [2, 4, 8]; // seconds of music

    private readonly MeshHost _mesh;
    private readonly VampNetClient _client;
    private readonly AudioBuffer _music;
    private readonly ComputeTime _compute = new();
    private double _device; // seconds of the device for a request of the mix, on average
    private int _sent;

    private LoadedMesh(MeshHost mesh, AudioBuffer music) => (_mesh, _music, _client) = (mesh, music, new VampNetClient(mesh.Gateway));

    public static async Task<LoadedMesh> StartAsync(string package, string device, Workload workload, CancellationToken cancellation)
    {
        var mesh = new LoadedMesh(
            await MeshHost.StartAsync(new MeshHostOptions
            {
                Model = new ModelOptions { Path = package, Device = device, WatchSeconds = 0 },
                // The whole job each time, and no request refused.
                Configuration = new Dictionary<string, string>
                {
                    ["EncodeCache:MaxBytes"] = "0",
                    ["Admission:MaxCalls"] = "1000",
                    ["Admission:MaxCallsPerTenant"] = "1000",
                },
            }, cancellation), workload.Audio);
        var before = 0.0;
        for (var round = 0; round <= Repeats; round++)
        {
            foreach (var seconds in Lengths)
                await mesh.VampAsync(seconds, cancellation);
            if (round == 0) // which warmed everything up
                before = mesh._compute.Seconds;
        }
        mesh._device = (mesh._compute.Seconds - before) / (Repeats * Lengths.Length);
        return mesh;
    }

    /// <summary>What a vamp that has the mesh for itself takes outside the device: the rows "request" of the table of costs.</summary>
    public async Task<IReadOnlyList<OperationCost>> MeasureAloneAsync(CancellationToken cancellation)
    {
        var costs = new List<OperationCost>();
        foreach (var seconds in Lengths)
        {
            var (wall, processor) = (new List<double>(), new List<double>());
            for (var i = 0; i < Repeats; i++)
            {
                var (compute, used) = (_compute.Seconds, Environment.CpuUsage.TotalTime);
                var latency = await VampAsync(seconds, cancellation);
                var device = _compute.Seconds - compute;
                wall.Add(latency - device);
                // With one compute thread the device's time is processor time.
                processor.Add((Environment.CpuUsage.TotalTime - used).TotalSeconds - device);
            }
            costs.Add(new OperationCost(
                "request", FrameRate.VampNet.ToFrames(seconds), 1, wall.Order().ElementAt(Repeats / 2) * 1e3,
                Math.Max(0, processor.Order().ElementAt(Repeats / 2)) * 1e3));
        }
        return costs;
    }

    /// <summary>Random arrivals (a Poisson process) that wait for nobody.</summary>
    /// <param name="run">number of the run, from 1: each has arrivals of its own</param>
    /// <param name="load">of the device</param>
    /// <returns>a line a request; its latency counts from the moment that it was to arrive</returns>
    public async Task<IReadOnlyList<string>> MeasureAsync(int run, double load, int requests, CancellationToken cancellation)
    {
        var random = new Random(Seed + run);
        var moment = 0.0;
        var plan = Enumerable.Range(0, requests).Select(_ =>
            (Arrival: moment += -Math.Log(1 - random.NextDouble()) * _device / load, Music: Lengths[random.Next(Lengths.Length)])).ToList();
        var (compute, used) = (_compute.Seconds, Environment.CpuUsage.TotalTime);
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
        compute = _compute.Seconds - compute;
        var processor = (Environment.CpuUsage.TotalTime - used).TotalSeconds;
        var rate = requests / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.Error.WriteLine(
            $"load {load:0.00}: mean {latencies.Average():0.000} s, {rate:0.000} a second, device {compute:0.0} s, "
                + $"processor {processor:0.0} s");
        return [.. plan.Zip(latencies, (request, latency) => string.Create(
            CultureInfo.InvariantCulture,
            $"{run},{load:0.00},{request.Arrival:0.000},{request.Music:0.###},{latency:0.000},{compute:0.000},{processor:0.000}"))];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _mesh.DisposeAsync();
        _compute.Dispose();
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
