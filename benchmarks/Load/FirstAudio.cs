using System.Diagnostics;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Benchmarks.Load;

/// <summary>A long file through the gateway: when its music begins to come, and when it ends.</summary>
/// <param name="First">seconds until the first audio</param>
/// <param name="Total">seconds until the summary</param>
internal sealed record FirstAudio(string What, double First, double Total)
{
    /// <summary>Length of the file, in seconds.</summary>
    public const int Seconds = 60;

    public static async Task<IReadOnlyList<FirstAudio>> MeasureAsync(Workload workload, LoadOptions options, CancellationToken cancellation)
    {
        await using var mesh = await MeshHost.StartAsync(
            new MeshHostOptions { Model = new ModelOptions { Path = options.Package, Device = options.Device } }, cancellation);
        using var client = new VampNetClient(mesh.Gateway);
        var results = new List<FirstAudio>();
        for (var round = 0; round < options.Rounds; round++)
        {
            // A file that the gateway has not heard yet: one sample differs.
            var file = Long(workload.Audio, round);
            results.Add(await RunAsync("the first time", client, file, 2 * (ulong)round + 1, cancellation));
            results.Add(await RunAsync("again, another seed", client, file, 2 * (ulong)round + 2, cancellation));
        }
        return [
            .. results.GroupBy(r => r.What)
            .Select(g => new FirstAudio(g.Key, Median(g.Select(r => r.First)), Median(g.Select(r => r.Total))))];
    }

    private static async Task<FirstAudio> RunAsync(
        string what, VampNetClient client, byte[] file, ulong seed, CancellationToken cancellation)
    {
        var config = new VampConfig
        {
            Prompt = Workload.WirePrompt,
            Output = new OutputFormat { Encoding = OutputEncoding.WavS16 },
            Seed = seed,
        };
        var start = Stopwatch.GetTimestamp();
        double? first = null;
        await foreach (var response in client.VampAsync(config, new MemoryStream(file), cancellationToken: cancellation))
        {
            if (response.HasAudio)
                first ??= Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return new FirstAudio(what, first ?? throw new InvalidDataException("no audio came"), Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static byte[] Long(AudioBuffer music, int round)
    {
        var samples = new float[(int)(Seconds * (long)music.SampleRate) * music.Channels];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = music.Samples[i % music.Samples.Length];
        samples[0] += 0.001f * (round + 1);
        return AudioFile.Encode(new AudioBuffer(samples, music.SampleRate, music.Channels), AudioFormat.Wav16);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
