using Microsoft.AspNetCore.Authorization;
using VampNet.Core;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Calls;

namespace VampNet.Gateway.Security;

/// <summary>What a caller may be allowed to do.</summary>
internal static class Scopes
{
    /// <summary>Live sessions.</summary>
    public const string Live = "live";

    /// <summary>The stages by themselves: tokens, beats, likelihoods.</summary>
    public const string Tokens = "tokens";

    /// <summary>Which models there are.</summary>
    public const string ReadModels = "models:read";

    /// <summary>What is for those who run the mesh, where it has no port of its own; and whatever has no other scope.</summary>
    public const string Operate = "operate";

    /// <summary>A scope for each verb of the pipeline, by its path: vamp, preview, compress, expand.</summary>
    private static readonly Dictionary<string, string> Verbs = VampService.Descriptor.Methods
        .Select(method => (Path: $"/{VampService.Descriptor.FullName}/{method.Name}", Verb: method.Name.ToLowerInvariant()))
        .Where(verb => !Methods.IsQuestion(verb.Path)).ToDictionary(verb => verb.Path, verb => verb.Verb);

    private static readonly string Sessions = $"/{LiveService.Descriptor.FullName}/";

    private static readonly string[] Stages = [.. StageInfo.All.Select(stage => $"/{stage.Service}/")];

    public static IReadOnlyList<string> All { get; } = [.. Verbs.Values, Live, Tokens, ReadModels, Operate];

    /// <param name="path">of a request: for a call "/package.Service/Method"</param>
    public static string Of(string path) =>
        Methods.IsQuestion(path) ? ReadModels
        : Verbs.TryGetValue(path, out var verb) ? verb
        : path.StartsWith(Sessions, StringComparison.Ordinal) ? Live
        : Stages.Any(stage => path.StartsWith(stage, StringComparison.Ordinal)) ? Tokens
        : Operate;
}

/// <summary>The scope of what is called.</summary>
internal sealed class ScopeRequirement : AuthorizationHandler<ScopeRequirement, HttpContext>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(
        AuthorizationHandlerContext context, ScopeRequirement requirement, HttpContext resource)
    {
        if (context.User.Has(Scopes.Of(resource.Request.Path)))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
