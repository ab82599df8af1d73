using Microsoft.OpenApi;
using VampNet.Gateway.Http.Verbs;

namespace VampNet.Gateway.Http.Description;

/// <summary>The verbs as an OpenAPI document, /openapi/v1.json. It is made of the contracts, as the verbs are.</summary>
internal static class ApiDocument
{
    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = _ => false; // what is mapped beside the verbs is for operators, or for gRPC
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
    });

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "VampNet.Mesh",
            Version = "v1",
            Description = "Live sessions are beyond what OpenAPI describes: GET /v1/live is a WebSocket, whose messages are those of "
                + "vampnet.live.v1.LiveService.Vamp, as JSON, and audio.",
        };
        document.Servers = []; // wherever it was found
        document.Components ??= new OpenApiComponents();
        var operations = new Operations(document, new MessageSchemas(document));
        foreach (var verb in HttpVerbs.All)
        {
            var path = new OpenApiPathItem();
            // PUT does the same, for curl -T; a document with both would say everything twice.
            path.AddOperation(new HttpMethod(verb.HttpMethods[0]), operations.Of(verb));
            document.Paths.Add(verb.Path, path);
        }
    }
}
