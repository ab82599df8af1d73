using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using VampNet.Gateway.Telemetry;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Security;

namespace VampNet.Gateway.Security;

/// <summary>Who may call the gateway, and what: all but its health needs a known caller with the scope of what is called.</summary>
internal static class Authentication
{
    /// <summary>Asks for a key or a token, whichever the caller has sent.</summary>
    private const string Scheme = "Caller";

    /// <summary>How long keys that an issuer has published are believed; a token with an unknown one has them asked for at once.</summary>
    private static readonly TimeSpan KeysAge = TimeSpan.FromHours(1);

    public static void AddCallers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var section = builder.Configuration.GetSection(AuthenticationSettings.Section);
        var settings = section.Get<AuthenticationSettings>() ?? new AuthenticationSettings();
        services.AddOptions<AuthenticationSettings>().BindConfiguration(AuthenticationSettings.Section)
            .Validate(
                a => a.Jwt.IsValid,
                "Authentication:Jwt needs Issuer, Audience, one of KeysPath and MetadataAddress (https://…), and asymmetric Algorithms")
            .ValidateOnStart();
        services.AddOptions<TenantsSettings>().BindConfiguration(TenantsSettings.Section)
            .Validate(
                t => t.IsValid, "Tenants:NAME:Models must name models, RequestsPerMinute and FrameStepsPerMinute must be at least 1")
            .ValidateOnStart();
        services.AddSingleton<TenantLimits>();
        services.AddSingleton<TenantGate>();
        if (!settings.IsOn)
            return;
        var schemes = services.AddAuthentication(Scheme).AddPolicyScheme(Scheme, null, policy => policy.ForwardDefaultSelector = context =>
            settings.ApiKeysPath is not null && (!settings.Jwt.IsOn || context.Request.Headers.ContainsKey(ApiKeyHandler.Header))
                ? ApiKeyHandler.Name
                : JwtBearerDefaults.AuthenticationScheme);
        if (settings.ApiKeysPath is not null)
        {
            services.AddSingleton<ApiKeys>();
            schemes.AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Name, null);
        }
        if (settings.Jwt.IsOn)
            services.AddTokens(schemes, settings.Jwt);
        services.AddAuthorizationBuilder().SetFallbackPolicy(
            new AuthorizationPolicyBuilder(Scheme).RequireAuthenticatedUser().AddRequirements(new ScopeRequirement()).Build());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RpcRefusals>();
    }

    /// <summary>After what bounds a request, before what serves it.</summary>
    public static void UseCallers(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<AuthenticationSettings>>().Value.IsOn)
        {
            // Read now, so that files which cannot be used are heard of at the start.
            _ = (app.Services.GetService<ApiKeys>(), app.Services.GetService<TokenKeys>());
            app.UseAuthentication();
            app.UseAuthorization();
        }
        else
        {
            app.Lifetime.ApplicationStarted.Register(() =>
            {
                if (app.Urls.FirstOrDefault(url => !Listening.IsLoopback(url)) is { } open)
                    AuthenticationLog.EverybodyMayCall(app.Logger, open);
            });
        }
        app.Use(app.Services.GetRequiredService<TenantGate>().PassAsync);
    }

    private static void AddTokens(this IServiceCollection services, AuthenticationBuilder schemes, JwtSettings settings)
    {
        schemes.AddJwtBearer(jwt =>
        {
            jwt.MapInboundClaims = false;
            jwt.IncludeErrorDetails = false;
            if (settings.MetadataAddress is not null)
                jwt.MetadataAddress = settings.MetadataAddress;
            jwt.AutomaticRefreshInterval = KeysAge;
            jwt.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = settings.Issuer,
                ValidAudience = settings.Audience,
                ValidAlgorithms = settings.AllowedAlgorithms, // "none" is no algorithm, and tokens without a signature are refused
                ClockSkew = TimeSpan.FromSeconds(30),
            };
            jwt.Events = new JwtBearerEvents
            {
                OnTokenValidated = context =>
                {
                    var (token, scheme) = (context.Principal!, context.Scheme.Name);
                    var scopes = token.FindAll(settings.ScopeClaim).SelectMany(claim => claim.Value.Split(' '));
                    if (token.FindAll(settings.TenantClaim).Select(claim => claim.Value).ToList() is [var tenant] && Tenant.IsName(tenant))
                        context.Principal = Caller.Create(scheme, token.FindFirst("sub")?.Value ?? tenant, tenant, scopes);
                    else
                        context.Fail($"the token has no claim \"{settings.TenantClaim}\" that names a tenant");
                    return Task.CompletedTask;
                },
            };
        });
        // A key that the issuer has withdrawn is none, however good the last answers were that had it.
        services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, jwt =>
        {
            if (jwt.ConfigurationManager is BaseConfigurationManager keys)
                keys.UseLastKnownGoodConfiguration = false;
        });
        if (settings.KeysPath is null)
            return;
        services.AddSingleton<TokenKeys>();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<TokenKeys>(
            (jwt, keys) => jwt.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, _, _) => keys.All);
    }

    /// <summary>The public keys of whoever issues tokens, read again when their file changes.</summary>
    internal sealed class TokenKeys(IOptions<AuthenticationSettings> settings, TimeProvider time, ILogger<TokenKeys> logger)
    {
        private readonly ReloadedFiles<IList<SecurityKey>> _keys = new(
            [settings.Value.Jwt.KeysPath!], files => new JsonWebKeySet(Encoding.UTF8.GetString(files[0])).GetSigningKeys(), time, logger);

        public IEnumerable<SecurityKey> All => _keys.Value;
    }
}

/// <summary>Tells gRPC callers why they were not let in, in their words; others get 401 or 403.</summary>
internal sealed class RpcRefusals(RequestDrain drain, GatewayMetrics metrics) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _http = new();

    public async Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }
        var error = authorizeResult.Forbidden
            ? RpcErrors.Refuse(
                StatusCode.PermissionDenied, $"this needs the scope \"{Scopes.Of(context.Request.Path)}\", which the caller does not have",
                "SCOPE_MISSING")
            : Unauthenticated((await context.AuthenticateAsync()).Failure);
        metrics.Refused(error.Reason()!);
        if (context.IsGrpc())
            await drain.EndAsync(context, error);
        else
            await _http.HandleAsync(next, context, policy, authorizeResult);
    }

    private static RpcException Unauthenticated(Exception? failure) => failure switch
    {
        null => RpcErrors.Refuse(StatusCode.Unauthenticated, "the call has neither an API key nor a token", "CREDENTIALS_MISSING"),
        SecurityTokenExpiredException => RpcErrors.Refuse(StatusCode.Unauthenticated, "the token has expired", "TOKEN_EXPIRED"),
        _ => RpcErrors.Refuse(StatusCode.Unauthenticated, "the API key or the token is not valid here", "CREDENTIALS_INVALID"),
    };
}

internal static partial class AuthenticationLog
{
    [LoggerMessage(
        1, LogLevel.Warning,
        "Whoever reaches {Address} may call, as any tenant: Authentication:ApiKeysPath or Authentication:Jwt would ask who it is")]
    public static partial void EverybodyMayCall(ILogger logger, string address);
}
