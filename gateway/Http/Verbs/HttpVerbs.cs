using VampNet.Gateway.Http.Answers;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Http.Verbs;

/// <summary>All verbs of the HTTP API: docs/http.md.</summary>
internal static class HttpVerbs
{
    private const string Audio = "audio";

    public static IReadOnlyList<HttpVerb> All { get; } =
    [
        new VampVerb("vamp"),
        VampShapes.Inpaint,
        VampShapes.Continue,
        VampShapes.Loop,
        new UploadVerb("/v1/preview", VampService.Descriptor.FindMethodByName("Preview"), Audio, [ResponseFormat.Json], MessageAnswer.Json),
        new UploadVerb(
            "/v1/compress", VampService.Descriptor.FindMethodByName("Compress"), Audio, [ResponseFormat.File, ResponseFormat.Json],
            (response, wanted) => wanted.Response == ResponseFormat.Json
                ? MessageAnswer.Json(response, wanted)
                : new MessageAnswer(response, wanted.Response.MediaType, message => ((CompressResponse)message).File.Memory)),
        new UploadVerb(
            "/v1/expand", VampService.Descriptor.FindMethodByName("Expand"), "file", VampVerb.Offered, VampVerb.AnswerOf),
        new UploadVerb(
            "/v1/encode", CodecService.Descriptor.FindMethodByName("Encode"), Audio, [ResponseFormat.Json, ResponseFormat.Events],
            (response, wanted) => wanted.Response == ResponseFormat.Events ? new EventAnswer(response) : new TokensAnswer(response)),
        new DecodeVerb(),
        new UploadVerb("/v1/beats", BeatService.Descriptor.FindMethodByName("Track"), Audio, [ResponseFormat.Json], MessageAnswer.Json),
        new QuestionVerb("/v1/models", ModelService.Descriptor.FindMethodByName("ListModels")),
        new QuestionVerb("/v1/models/{name}", VampService.Descriptor.FindMethodByName("DescribeModel"), nameField: "model"),
    ];
}
