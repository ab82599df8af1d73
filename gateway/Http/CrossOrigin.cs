using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Http.Wire;

namespace VampNet.Gateway.Http;

/// <summary>Which pages of other servers may use this one (configuration section "Http:Cors").</summary>
public sealed class CorsSettings
{
    public const string Section = "Http:Cors";

    private const string Any = "*";

    /// <summary>Their origins, with commas, such as https://studio.example; * = all pages. Null = none but its own.</summary>
    public string? Origins { get; set; }

    internal string[] All => (Origins ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal bool IsValid => All.All(origin => origin == Any
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin));

    internal bool Allows(string origin) => All.Any(allowed => allowed == Any || allowed == origin);
}

/// <summary>Requests that the browser of somebody makes for a page from elsewhere.</summary>
internal static class CrossOrigin
{
    /// <summary>Headers of responses that such a page may read.</summary>
    private static readonly string[] Exposed =
        ["Vamp-Seed", "Retry-After", "WWW-Authenticate", "grpc-status", "grpc-message", "grpc-status-details-bin"];

    public static void AddCrossOrigin(this IServiceCollection services)
    {
        services.AddOptions<CorsSettings>().BindConfiguration(CorsSettings.Section)
            .Validate(c => c.IsValid, "Http:Cors:Origins must be origins, such as https://studio.example, with commas, or *")
            .ValidateOnStart();
        services.AddCors();
        services.AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>().Configure<IOptions<CorsSettings>>((cors, settings) =>
            cors.AddDefaultPolicy(policy => policy.WithOrigins(settings.Value.All).AllowAnyHeader().AllowAnyMethod()
                .WithExposedHeaders(Exposed)));
    }

    /// <summary>
    /// Says no to a page from elsewhere that may not ask. Browsers send what a form can send without asking first, and only hide what comes
    /// back; of a WebSocket they hide nothing. So any page could have a server on the loopback of its reader compute.
    /// </summary>
    /// <returns>null = it may, or it is no page</returns>
    public static ProblemDetails? Refusal(HttpRequest request) => IsForeign(request)
        ? Problems.Of(
            StatusCodes.Status403Forbidden, "pages of this origin may not ask: Http:Cors:Origins says which may", "ORIGIN_NOT_ALLOWED")
        : null;

    private static bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || request.Headers["Sec-Fetch-Site"] == "same-origin")
            return false;
        var isOwn = Uri.TryCreate(origin, UriKind.Absolute, out var page)
            && string.Equals(request.Host.Value, page.Authority, StringComparison.OrdinalIgnoreCase);
        return !isOwn && !request.HttpContext.RequestServices.GetRequiredService<IOptions<CorsSettings>>().Value.Allows(origin);
    }
}
