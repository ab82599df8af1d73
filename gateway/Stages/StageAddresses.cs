namespace VampNet.Gateway.Stages;

/// <summary>Where the stages are (configuration section "Stages"), such as http://codec:5101.</summary>
public sealed class StageAddresses
{
    public const string Section = "Stages";

    public string Codec { get; set; } = "http://localhost:5101";

    public string CoarseGenerator { get; set; } = "http://localhost:5102";

    public string FineGenerator { get; set; } = "http://localhost:5103";

    public string BeatTracker { get; set; } = "http://localhost:5104";

    /// <exception cref="InvalidOperationException">one is no absolute http or https address</exception>
    public void Check()
    {
        Check(nameof(Codec), Codec);
        Check(nameof(CoarseGenerator), CoarseGenerator);
        Check(nameof(FineGenerator), FineGenerator);
        Check(nameof(BeatTracker), BeatTracker);
    }

    private static void Check(string name, string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw new InvalidOperationException($"{Section}:{name} \"{address}\" is no http or https address");
    }
}
