using VampNet.Client;
using VampNet.Core.Prompts.Text;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.ClientExamples;

/// <summary>A variation of a file, by the package VampNet.Client.</summary>
public static class VampFile
{
    /// <param name="gateway">such as http://localhost:5100</param>
    /// <param name="source">path of an audio file</param>
    /// <param name="target">path of the WAV file to write</param>
    /// <returns>the seed that makes this variation again</returns>
    public static async Task<ulong> RunAsync(Uri gateway, string source, string target)
    {
        using var client = new VampNetClient(gateway);
        var config = new VampConfig
        {
            Prompt = PromptText.Parse("(onsets 2 | every 16) & codebooks 4").ToProto(),
            Output = new OutputFormat { Encoding = OutputEncoding.WavS16 },
            Seed = 7,
        };
        await using var music = File.OpenRead(source);
        await using var result = File.Create(target);
        var seed = 0ul;
        await foreach (var response in client.VampAsync(config, music))
        {
            if (response.HasAudio)
                await result.WriteAsync(response.Audio.Memory);
            else if (response.Progress is { } progress)
                Console.WriteLine($"{progress.Stage}: {progress.Step} of {progress.Steps}");
            else if (response.Summary is { } summary)
                seed = summary.Seed;
        }
        return seed;
    }
}
