using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Benchmarks;

/// <summary>The same job through the gateway of a mesh in this process: real gRPC over loopback.</summary>
internal static class MeshBenchmark
{
    /// <returns>the time from the first byte up to the last byte down</returns>
    public static async Task<Timing> MeasureAsync(Workload workload, string folder, string device, int runs, CancellationToken cancellation)
    {
        await using var mesh = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = folder, Device = device },
            Configuration = new Dictionary<string, string> { ["EncodeCache:MaxBytes"] = "0" }, // the whole job each time
        }, cancellation);
        using var client = new VampNetClient(mesh.Gateway);
        var file = AudioFile.Encode(workload.Audio, AudioFormat.Wav16);
        var (timing, _) = await Timing.MeasureAsync("mesh", runs, async () =>
        {
            var messages = 0;
            await foreach (var _ in client.VampAsync(Config(), new MemoryStream(file), cancellationToken: cancellation))
                messages++;
            return messages;
        });
        return timing;
    }

    private static VampConfig Config() => new()
    {
        Prompt = Workload.WirePrompt,
        Output = new OutputFormat { Encoding = OutputEncoding.WavS16 },
        Seed = Workload.Seed,
    };
}
