using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.FileProviders;
using VampNet.Gateway.Http.Description;

namespace VampNet.Gateway.Http;

/// <summary>HTTP beside gRPC: the verbs of <see cref="Verbs.HttpVerbs"/>, and the page that uses them.</summary>
internal static class HttpApi
{
    public static void AddHttpApi(this IServiceCollection services)
    {
        services.AddCrossOrigin();
        services.AddApiDocument();
        services.AddSingleton<IStartupFilter, BeforeRouting>();
    }

    /// <summary>What tells people and programs about the verbs, and the page that uses them.</summary>
    public static void MapHttpApi(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapPage();
    }

    /// <summary>The page, to whoever reaches it; what it asks for is asked as by any caller.</summary>
    private static void MapPage(this WebApplication app)
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
            .UseStaticFiles(PageFiles.Options(files))
            .Build();
        app.MapFallback("/{**path}", page).WithMetadata(new HttpMethodMetadata(["GET", "HEAD"]), new AllowAnonymousAttribute());
    }

    /// <summary>Which endpoint a request goes to depends on what it stands for.</summary>
    private sealed class BeforeRouting : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseCors();
            app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
            app.Use(HttpTranslation.TranslateAsync);
            next(app);
        };
    }
}
