using Microsoft.Extensions.FileProviders;
using VampNet.Gateway.Http.Description;
using VampNet.Services.Hosting.Security;

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

    /// <summary>The files of the page, to whoever reaches them; what it asks for is asked as by any caller.</summary>
    public static void UsePage(this WebApplication app)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (!Directory.Exists(folder))
            return;
        var files = new PhysicalFileProvider(folder);
        app.UseWhen(context => !context.IsForOperators(), page => page
            .UseDefaultFiles(new DefaultFilesOptions { FileProvider = files })
            .UseStaticFiles(PageFiles.Options(files)));
    }

    /// <summary>What tells programs about the verbs.</summary>
    public static void MapApiDocument(this WebApplication app) => app.MapOpenApi().AllowAnonymous();

    /// <summary>Which endpoint a request goes to depends on what it stands for.</summary>
    private sealed class BeforeRouting : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseWhen(context => !context.IsForOperators(), callers => callers
                .UseCors()
                .UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true })
                .UseWebSockets()
                .Use(LiveSockets.ServeAsync)
                .Use(HttpTranslation.TranslateAsync));
            next(app);
        };
    }
}
