namespace VampNet.Core;

/// <summary>
/// The stages of the mesh, each named once: parts of model packages, metrics, traces, routes, addresses, programs and the verbs of the
/// command line are all called by this.
/// </summary>
/// <param name="Name">The name in model packages, metrics, routes and on the command line, such as "coarse".</param>
/// <param name="Program">
/// The name of its folder in services/ and of its address in the configuration section "Stages", such as "CoarseGenerator".
/// </param>
/// <param name="Service">The full name of its gRPC service.</param>
/// <param name="Port">The port where it listens unless told otherwise.</param>
public sealed record StageInfo(string Name, string Program, string Service, int Port)
{
    /// <summary>Audio to tokens and back.</summary>
    public static StageInfo Codec { get; } = new(PartNames.Codec, "Codec", "vampnet.codec.v1.CodecService", 5101);

    /// <summary>The leading codebooks.</summary>
    public static StageInfo Coarse { get; } = new(PartNames.Coarse, "CoarseGenerator", "vampnet.generator.v1.CoarseGeneratorService", 5102);

    /// <summary>The other codebooks.</summary>
    public static StageInfo Fine { get; } = new(PartNames.Fine, "FineGenerator", "vampnet.generator.v1.FineGeneratorService", 5103);

    /// <summary>Beats and onsets.</summary>
    public static StageInfo Beats { get; } = new(PartNames.Beats, "BeatTracker", "vampnet.beats.v1.BeatService", 5104);

    /// <summary>In the order of the pipeline, beats last.</summary>
    public static IReadOnlyList<StageInfo> All { get; } = [Codec, Coarse, Fine, Beats];
}

/// <summary>The parts that a model package may have.</summary>
public static class PartNames
{
    /// <inheritdoc cref="StageInfo.Codec"/>
    public const string Codec = "codec";
    /// <inheritdoc cref="StageInfo.Coarse"/>
    public const string Coarse = "coarse";
    /// <inheritdoc cref="StageInfo.Fine"/>
    public const string Fine = "fine";
    /// <inheritdoc cref="StageInfo.Beats"/>
    public const string Beats = "beats";
}
