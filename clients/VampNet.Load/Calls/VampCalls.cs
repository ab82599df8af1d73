using Grpc.Core;
using VampNet.Client;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Load.Calls;

/// <summary>Whole vamps, as a client of the gateway makes them.</summary>
internal sealed class VampCalls(VampNetClient client, RequestMix mix, Music music, LoadRequests requests) : ILoadTarget
{
    public CallShape Describe(int number) => new(mix[number].Name, mix[number].Seconds);

    /// <summary>The first part of the answer is the first audio.</summary>
    public async Task SendAsync(int number, CallOptions options, Action first)
    {
        var config = new VampConfig
        {
            Input = Music.Format,
            Prompt = new Prompt { Periodic = new PeriodicPrompt { Period = 7 } },
            CoarseSampling = new Sampling { Steps = requests.Steps },
            FineSampling = new Sampling { Steps = requests.Steps },
            Seed = (ulong)number,
            Model = requests.Model,
        };
        using var audio = new MemoryStream(music.Bytes(number, mix[number].Seconds));
        await foreach (var response in client.VampAsync(config, audio, options, options.CancellationToken))
        {
            if (response.HasAudio)
                first();
        }
    }
}
