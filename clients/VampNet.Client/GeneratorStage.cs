using Grpc.Core;

namespace VampNet.Client;

/// <summary>Which of the two generators a call through the gateway is for.</summary>
public enum GeneratorStage
{
    /// <summary>The leading codebooks.</summary>
    Coarse,

    /// <summary>The other codebooks, given the leading ones.</summary>
    Fine,
}

internal static class CallOptionsExtensions
{
    /// <summary>These options with the header that chooses the generator.</summary>
    public static CallOptions For(this CallOptions options, GeneratorStage stage)
    {
        var headers = new Metadata();
        foreach (var entry in options.Headers ?? Metadata.Empty)
            headers.Add(entry);
        headers.Add(VampNetClient.StageHeader, stage == GeneratorStage.Coarse ? "coarse" : "fine");
        return options.WithHeaders(headers);
    }
}
