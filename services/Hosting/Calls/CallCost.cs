using System.Globalization;
using System.Net.Http.Headers;
using Grpc.Core;

namespace VampNet.Services.Hosting.Calls;

/// <summary>
/// What a call takes of its stage, in a header of its response: frames times sampling steps at a generator, frames elsewhere. The gateway,
/// which does not read the messages of calls that it routes, puts that on the account of their tenant.
/// </summary>
public static class CallCost
{
    /// <summary>The header, which comes with the first response.</summary>
    public const string Header = "x-vampnet-frame-steps";

    /// <summary>Says what a call takes, before its first response.</summary>
    public static void Report(ServerCallContext context, long frameSteps) =>
        context.GetHttpContext().Response.Headers[Header] = frameSteps.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the stage has said; 0 where it has said nothing, or has no response but an error.</summary>
    public static long Of(HttpResponseHeaders response) =>
        !response.Contains("grpc-status") && response.TryGetValues(Header, out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var frameSteps)
            ? frameSteps
            : 0;
}
