using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Http.Answers;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Audio.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Gateway.Http.Verbs;

/// <summary>Brings a file, and gets what is made of it.</summary>
/// <param name="part">of a form that is the file, and the field of the messages that has its bytes</param>
/// <param name="answer">makes the response</param>
internal class UploadVerb(
    string path, MethodDescriptor method, string part, IReadOnlyList<ResponseFormat> offers,
    Func<ClientResponse, Acceptance, IAnswer> answer) : HttpVerb(path, method, offers)
{
    private const string ConfigField = "config", OutputField = "output";

    public override MessageDescriptor Form { get; } = method.InputType.FindFieldByName(ConfigField).MessageType;

    /// <summary>Of a form, that is the file.</summary>
    public string Part => part;

    /// <summary>PUT is what curl -T says.</summary>
    public override IReadOnlyList<string> HttpMethods { get; } =
        [Microsoft.AspNetCore.Http.HttpMethods.Post, Microsoft.AspNetCore.Http.HttpMethods.Put];

    public override bool Takes(string? contentType) => UploadedFile.IsKnown(contentType);

    public override IRequestMessages Read(HttpRequest request, string name, QueryForm query, Acceptance wanted)
    {
        var file = Open(request, out _);
        return new UploadMessages(file, json => Config(json, query, wanted), Method.InputType, Method.InputType.FindFieldByName(part));
    }

    /// <param name="maxBytes">most that is held of a request</param>
    protected UploadedFile Open(HttpRequest request, out int maxBytes)
    {
        maxBytes = request.HttpContext.RequestServices.GetRequiredService<IOptions<MeshLimits>>().Value.MaxMessageBytes;
        return new UploadedFile(request.Body, request.ContentType, part, maxBytes);
    }

    public override IAnswer Answer(ClientResponse response, Acceptance wanted) => answer(response, wanted);

    /// <summary>Writes what the query says into the request.</summary>
    protected virtual void Fill(IMessage config, QueryForm query, Acceptance wanted) => query.Fill(config);

    /// <param name="json">the part "request" of a form; null = there is none</param>
    protected IMessage Config(string? json, QueryForm query, Acceptance wanted)
    {
        var config = json is null
            ? Form.Parser.ParseFrom(ByteString.Empty)
            : FieldValues.Parse(Form, json, "request", query.Checks) ?? Form.Parser.ParseFrom(ByteString.Empty);
        Fill(config, query, wanted);
        if (Form.FindFieldByName(OutputField) is { } output)
            Say(config, output, wanted);
        return config;
    }

    /// <summary>Writes the kind of audio that is wanted into the request, unless that says itself which it is.</summary>
    private static void Say(IMessage config, FieldDescriptor field, Acceptance wanted)
    {
        if (field.Accessor.GetValue(config) is not OutputFormat output)
            field.Accessor.SetValue(config, output = new OutputFormat());
        if (output.Encoding == OutputEncoding.Unspecified)
            output.Encoding = (wanted.Audio ?? ResponseFormat.Audio[0]).Encoding;
        else if (wanted.Audio is { } audio && Enum.IsDefined(output.Encoding)
            && audio.MediaType != ResponseFormat.Of(output.Encoding).MediaType)
            throw new InvalidRequestException(
                "config.output.encoding", $"is another kind of audio than the response is to be: {audio.MediaType}");
    }
}
