using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Client;
using VampNet.Core;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;

namespace VampNet.Load.Calls;

/// <summary>What can be put under load: each stage by itself, and the gateway with all of them.</summary>
public static class LoadTargets
{
    /// <summary>The gateway, beside the names of <see cref="StageInfo.All"/>.</summary>
    public const string Gateway = "gateway";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. StageInfo.All.Select(stage => stage.Name), Gateway];

    /// <summary>Asks the stage what it serves, and makes requests for it.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="channel">A channel to the stage, or to a gateway.</param>
    /// <param name="requests">What the requests are.</param>
    /// <param name="options">Deadline and cancellation of the question.</param>
    /// <exception cref="RpcException">the stage cannot be reached, or does not serve the model</exception>
    public static async Task<ILoadTarget> CreateAsync(string name, GrpcChannel channel, LoadRequests requests, CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(requests);
        var mix = RequestMix.Parse(requests.Mix);
        var music = new Music(RequestMix.Lengths.Values.Max());
        switch (name)
        {
            case PartNames.Codec:
                var codec = new CodecService.CodecServiceClient(channel);
                var served = await codec.GetCodecAsync(new GetCodecRequest { Model = requests.Model }, options);
                return new CodecCalls(codec, served, mix, music, requests);
            case PartNames.Coarse or PartNames.Fine:
                var generator = new GeneratorClient(channel, name == PartNames.Coarse ? GeneratorStage.Coarse : GeneratorStage.Fine);
                var model = await generator.GetModelAsync(new GetModelRequest { Model = requests.Model }, options);
                return new GeneratorCalls(generator, model, mix, requests);
            case PartNames.Beats:
                var beats = new BeatService.BeatServiceClient(channel);
                await beats.GetTrackerAsync(new GetTrackerRequest { Model = requests.Model }, options);
                return new BeatCalls(beats, mix, music, requests);
            case Gateway:
                var client = new VampNetClient(channel);
                await client.ListModelsAsync(options);
                return new VampCalls(client, mix, music, requests);
            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, $"expected one of {string.Join(", ", Names)}");
        }
    }
}

/// <summary>What the requests of a load test are.</summary>
/// <param name="Mix">Lengths of music, as <see cref="RequestMix.Parse"/> reads them.</param>
/// <param name="Steps">Sampling steps of each generation, at least 1.</param>
/// <param name="Model">Name of a served model; empty = the default.</param>
public sealed record LoadRequests(string Mix, int Steps = 12, string Model = "");
