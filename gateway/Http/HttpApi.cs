using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.FileProviders;

namespace VampNet.Gateway.Http;

/// <summary>HTTP beside gRPC: the verbs of <see cref="HttpVerbs"/>, and the page that uses them.</summary>
internal static class HttpApi
{
    public static void AddHttpApi(this IServiceCollection services) => services.AddSingleton<IStartupFilter, BeforeRouting>();

    /// <summary>The page, to whoever reaches it; what it asks for is asked as by any caller.</summary>
    public static void MapPage(this WebApplication app)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (!Directory.Exists(folder))
            return;
        var files = new PhysicalFileProvider(folder);
        var page = ((IEndpointRouteBuilder)app).CreateApplicationBuilder()
            .Use(next => context =>
            {
                context.SetEndpoint(null); // files are served where nothing else is
                return next(context);
            })
            .UseDefaultFiles(new DefaultFilesOptions { FileProvider = files })
            .UseStaticFiles(new StaticFileOptions { FileProvider = files })
            .Build();
        app.MapFallback("/{**path}", page).WithMetadata(new HttpMethodMetadata(["GET", "HEAD"]), new AllowAnonymousAttribute());
    }

    /// <summary>Which endpoint a request goes to depends on what it stands for.</summary>
    private sealed class BeforeRouting : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(HttpTranslation.TranslateAsync);
            next(app);
        };
    }
}
