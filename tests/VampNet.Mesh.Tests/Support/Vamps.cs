using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Mesh.Tests.Support;

/// <summary>All answers of one vamp.</summary>
internal sealed record VampResult(IReadOnlyList<VampResponse> Responses)
{
    public VampStarted Started => Responses.Single(r => r.Started is not null).Started;

    public SourceInfo Source => Responses.Single(r => r.Source is not null).Source;

    public TokenMask Mask => Responses.Single(r => r.Mask is not null).Mask;

    public TokenTensor Tokens => Channel(0);

    public AudioHeader Header => Responses.Single(r => r.Header is not null).Header;

    public VampSummary Summary => Responses.Single(r => r.Summary is not null).Summary;

    public byte[] Audio => ByteString.CopyFrom([.. Responses.Where(r => r.HasAudio).SelectMany(r => r.Audio)]).ToByteArray();

    /// <summary>The answers of one variation, and those that are of all.</summary>
    public VampResult Variation(uint number) =>
        new([.. Responses.Where(r => r.Variation == number || r.Started is not null || r.Source is not null)]);

    /// <summary>The tokens of one channel.</summary>
    public TokenTensor Channel(uint number) =>
        TokenBlocks.Join([.. Responses.Where(r => r.Tokens is not null && r.Channel == number).Select(r => r.Tokens)]);

    public IEnumerable<VampProgress> Progress(Stage stage) => Responses.Where(r => r.Progress?.Stage == stage).Select(r => r.Progress);
}

internal static class Vamps
{
    /// <summary>A short vamp that says everything.</summary>
    public static VampConfig Config(ulong? seed = 1)
    {
        var config = new VampConfig
        {
            Prompt = new Prompt { Periodic = new PeriodicPrompt { Period = 5 } },
            CoarseSampling = new Sampling { Steps = 3 },
            FineSampling = new Sampling { Steps = 2 },
            ReturnMask = true,
            ReturnTokens = true,
            Output = new OutputFormat { Encoding = OutputEncoding.WavF32 },
        };
        if (seed is { } value)
            config.Seed = value;
        return config;
    }

    /// <summary>A request of some 40 bytes and a second of music that asks for as much work as limits let it.</summary>
    /// <param name="limits">null = the default ones</param>
    public static VampConfig Largest(MeshLimits? limits = null)
    {
        limits ??= new MeshLimits();
        var config = new VampConfig
        {
            Prompt = new Prompt { None = new NonePrompt() },
            ExtendAfterSeconds = limits.MaxSeconds - 2,
            Feedback = (uint)limits.MaxFeedback,
            FineSampling = new Sampling { Steps = 1 },
        };
        // As many steps as are left to a frame, for the coarse passes and one fine step.
        var stepsOfAFrame = limits.MaxFrameSteps / limits.MaxFrames();
        config.CoarseSampling = new Sampling { Steps = (int)((stepsOfAFrame - 1) / config.Feedback) };
        return config;
    }

    /// <summary>This request with a change.</summary>
    public static VampConfig With(this VampConfig config, Action<VampConfig> change)
    {
        change(config);
        return config;
    }

    public static async Task<VampResult> RunAsync(this VampNetClient client, VampConfig config, byte[] audio, CallOptions options = default)
    {
        var responses = new List<VampResponse>();
        await foreach (var response in client.VampAsync(config, new MemoryStream(audio), options))
            responses.Add(response);
        return new VampResult(responses);
    }
}
