using VampNet.Core;
using VampNet.Gateway;
using VampNet.Services.BeatTracker;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Codec;
using VampNet.Services.FineGenerator;

namespace Deploy.Tests;

/// <summary>A program of the mesh as its code describes it.</summary>
/// <param name="Name">of the Deployment, the Service, the image and the Dockerfile target</param>
/// <param name="Assembly">that the image runs</param>
/// <param name="Port">where it listens unless told otherwise</param>
internal sealed record Program(string Name, string Assembly, int Port)
{
    public static Program[] Stages { get; } =
    [
        Of(typeof(CodecStage), "codec", StageInfo.Codec.Port),
        Of(typeof(CoarseGeneratorStage), "coarse-generator", StageInfo.Coarse.Port),
        Of(typeof(FineGeneratorStage), "fine-generator", StageInfo.Fine.Port),
        Of(typeof(BeatTrackerStage), "beat-tracker", StageInfo.Beats.Port),
    ];

    public static Program Gateway { get; } = Of(typeof(GatewayStage), "gateway", GatewayStage.Port);

    public static Program[] All { get; } = [Gateway, .. Stages];

    public static Program Named(string name) => All.Single(program => program.Name == name);

    /// <summary>The image that runs it, without tag.</summary>
    public string Image => "vampnet/" + Name;

    /// <summary>Whether audio comes to it, which lies on its disk meanwhile: generators see tokens only.</summary>
    public bool TakesAudio => !Name.EndsWith("generator", StringComparison.Ordinal);

    private static Program Of(Type type, string name, int port) => new(name, type.Assembly.GetName().Name!, port);
}
