using Grpc.Core;

namespace VampNet.Services.Hosting.Calls;

/// <summary>The weights that a call is to be made with, for callers of several calls that belong together.</summary>
public static class ExpectedWeights
{
    /// <summary>The metadata header: SHA-256 of a stage's weights, as 64 hexadecimal digits. Without it any will do.</summary>
    public const string Header = "x-vampnet-weights";

    /// <summary>Reason of the error where a stage does not have them any more, or not yet.</summary>
    public const string Changed = "WEIGHTS_CHANGED";

    /// <summary>Those that a call names; null = none.</summary>
    public static string? Of(ServerCallContext? context) => context?.RequestHeaders.GetValue(Header);

    /// <summary>The same options for a call that is to be made with these weights.</summary>
    /// <param name="options">The options of a call.</param>
    /// <param name="sha256">SHA-256 of the weights, as 64 hexadecimal digits; empty = any weights.</param>
    public static CallOptions WithWeights(this CallOptions options, string sha256)
    {
        if (sha256.Length == 0)
            return options;
        var headers = new Metadata();
        foreach (var header in options.Headers ?? [])
            headers.Add(header);
        headers.Add(Header, sha256);
        return options.WithHeaders(headers);
    }
}
