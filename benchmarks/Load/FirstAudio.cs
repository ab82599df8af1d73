using System.Diagnostics;
using System.Text;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Benchmarks.Load;

/// <summary>A file through the gateway: when its music begins to come, and when it ends.</summary>
/// <param name="Seconds">length of the file</param>
/// <param name="What">the gateway knows of it</param>
/// <param name="First">seconds until the first audio</param>
/// <param name="Total">seconds until the summary</param>
internal sealed record FirstAudio(int Seconds, string What, double First, double Total)
{
    // A short song, and one of several windows of the coarse model.
    private static readonly int[] Lengths = [10, 60];

    /// <summary>First audio as a share of the whole.</summary>
    public double Share => First / Total;

    public static async Task<IReadOnlyList<FirstAudio>> MeasureAsync(Workload workload, LoadOptions options, CancellationToken cancellation)
    {
        await using var mesh = await MeshHost.StartAsync(
            new MeshHostOptions { Model = new ModelOptions { Path = options.Package, Device = options.Device } }, cancellation);
        using var client = new VampNetClient(mesh.Gateway);
        var results = new List<FirstAudio>();
        foreach (var round in Enumerable.Range(0, options.Rounds))
        {
            foreach (var seconds in Lengths)
            {
                // A file that the gateway has not heard yet: one sample differs.
                var file = File(workload.Audio, seconds, round);
                results.Add(await RunAsync(seconds, "the first time", client, file, 2 * (ulong)round + 1, cancellation));
                results.Add(await RunAsync(seconds, "again, another seed", client, file, 2 * (ulong)round + 2, cancellation));
            }
        }
        // The whole run in the middle, so that first audio and end are of one.
        return [
            .. results.GroupBy(r => (r.Seconds, r.What)).OrderBy(g => g.Key.Seconds)
            .Select(g => g.OrderBy(r => r.Share).ElementAt(g.Count() / 2))];
    }

    /// <summary>The results as a section of Markdown.</summary>
    public static string Write(IReadOnlyList<FirstAudio> results, LoadOptions options)
    {
        var text = new StringBuilder()
            .AppendLine("## First audio")
            .AppendLine()
            .AppendLine(
                "Music through the gateway of a mesh in one process, stereo, 12 steps each for coarse and fine; the second time the "
                    + $"gateway knows its tokens. Of {options.Rounds} rounds the one whose share is in the middle.")
            .AppendLine()
            .AppendLine("| music | | first audio s | all s | first audio of all |")
            .AppendLine("|---|---|---:|---:|---:|");
        foreach (var result in results)
            text.AppendLine($"| {result.Seconds} s | {result.What} | {result.First:0.00} | {result.Total:0.00} | {result.Share:0 %} |");
        return text.ToString();
    }

    private static async Task<FirstAudio> RunAsync(
        int seconds, string what, VampNetClient client, byte[] file, ulong seed, CancellationToken cancellation)
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
        return new FirstAudio(
            seconds, what, first ?? throw new InvalidDataException("no audio came"), Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static byte[] File(AudioBuffer music, int seconds, int round)
    {
        var samples = new float[seconds * music.SampleRate * music.Channels];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = music.Samples[i % music.Samples.Length];
        samples[0] += 0.001f * (round + 1);
        return AudioFile.Encode(new AudioBuffer(samples, music.SampleRate, music.Channels), AudioFormat.Wav16);
    }
}
