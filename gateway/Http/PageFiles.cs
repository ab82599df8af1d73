using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace VampNet.Gateway.Http;

/// <summary>The files of the page, and what a browser may do with them: run them, and ask this gateway alone.</summary>
internal static class PageFiles
{
    // wavesurfer.js writes one style element, always the same; its hash is in the complaint of a browser when it becomes another.
    private const string Policy =
        "default-src 'self'; style-src 'self' 'sha256-4hGoO+X6KXe8Gw08N/aBKwvHEYryxn/8CNSB0dTq+m0='; img-src 'self' data: blob:; "
        + "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static StaticFileOptions Options(IFileProvider files)
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".flac"] = "audio/flac"; // unknown ones are not served
        return new StaticFileOptions { FileProvider = files, ContentTypeProvider = types, OnPrepareResponse = SetHeaders };
    }

    private static void SetHeaders(StaticFileResponseContext file)
    {
        var headers = file.Context.Response.Headers;
        // Not all browsers take "self" to have WebSockets in it.
        var host = file.Context.Request.Host;
        headers.ContentSecurityPolicy = $"{Policy}; connect-src 'self' ws://{host} wss://{host}";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // Asked for again each time, and sent again only if it is another: a gateway that was updated has a new page.
        headers.CacheControl = "no-cache";
    }
}
