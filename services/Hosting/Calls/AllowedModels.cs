using Grpc.Core;

namespace VampNet.Services.Hosting.Calls;

/// <summary>
/// The models that a call may use. The gateway says it in a metadata header, for its tenant; all others are as if they were not served, so
/// that no tenant learns of another's.
/// </summary>
public static class AllowedModels
{
    /// <summary>The metadata header: names with commas. Without it any model may be used.</summary>
    public const string Header = "x-vampnet-models";

    /// <summary>Whether a call may use a model.</summary>
    /// <param name="context">The call; null = one of nobody, which may use all.</param>
    /// <param name="name">The name of a served model; that of an adapter begins with its model's name and '/'.</param>
    public static bool Allows(ServerCallContext? context, string name) =>
        context?.RequestHeaders.GetValue(Header) is not { } header
        || header.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Any(allowed => name == allowed || name.StartsWith($"{allowed}/", StringComparison.Ordinal));
}
