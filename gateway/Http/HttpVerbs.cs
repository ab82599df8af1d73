using VampNet.Protos.Models.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Http;

/// <summary>All verbs of the HTTP API: docs/http.md.</summary>
internal static class HttpVerbs
{
    public static IReadOnlyList<HttpVerb> All { get; } =
    [
        new VampVerb("vamp"),
        new QuestionVerb("/v1/models", ModelService.Descriptor.FindMethodByName("ListModels")),
        new QuestionVerb("/v1/models/{name}", VampService.Descriptor.FindMethodByName("DescribeModel"), nameField: "model"),
    ];
}
