using Google.Protobuf;
using Google.Protobuf.Reflection;
using VampNet.Gateway.Http.Answers;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Wire;

namespace VampNet.Gateway.Http.Verbs;

/// <summary>A path of the HTTP API, and the method of gRPC that it stands for.</summary>
/// <param name="path">such as "/v1/vamp"; "{name}" at its end is any text</param>
/// <param name="method">of gRPC</param>
/// <param name="offers">what a response may be, the usual first</param>
internal abstract class HttpVerb(string path, MethodDescriptor method, IReadOnlyList<ResponseFormat> offers)
{
    /// <summary>What stands for "{name}".</summary>
    public const string NameParameter = "name";

    private const string Variable = $"{{{NameParameter}}}", Prefix = "/v1/";

    public string Path => path;

    /// <summary>The last part of the path, without what is any text.</summary>
    public string Name => HasName ? $"{path[Prefix.Length..^(Variable.Length + 1)]}-by-name" : path[Prefix.Length..];

    public bool HasName => path.EndsWith(Variable, StringComparison.Ordinal);

    public MethodDescriptor Method => method;

    /// <summary>The message whose fields a query sets.</summary>
    public abstract MessageDescriptor Form { get; }

    public IReadOnlyList<ResponseFormat> Offers => offers;

    /// <summary>As HTTP has them.</summary>
    public abstract IReadOnlyList<string> HttpMethods { get; }

    /// <summary>"/package.Service/Method".</summary>
    public string GrpcPath => $"/{method.Service.FullName}/{method.Name}";

    /// <param name="name">what stands for "{name}"; empty where the path has none</param>
    public bool Matches(string requested, out string name)
    {
        var prefix = HasName ? path[..^Variable.Length] : path;
        name = HasName && requested.StartsWith(prefix, StringComparison.Ordinal) ? requested[prefix.Length..] : "";
        return HasName ? name.Length > 0 : requested == prefix;
    }

    /// <summary>Of a query, beside the fields of the request.</summary>
    public virtual IReadOnlyList<QueryParameter> Parameters => [];

    /// <summary>Whether the request has a body that this can read.</summary>
    public virtual bool Takes(string? contentType) => true;

    /// <summary>The messages of the call.</summary>
    /// <param name="name">what stands for "{name}"</param>
    public abstract IRequestMessages Read(HttpRequest request, string name, QueryForm query, Acceptance wanted);

    public abstract IAnswer Answer(ClientResponse response, Acceptance wanted);

    protected IMessage NewInput() => method.InputType.Parser.ParseFrom(ByteString.Empty);
}

/// <summary>A parameter of a query that is no field of the request.</summary>
/// <param name="Type">as JSON Schema has it, such as "number"</param>
/// <param name="IsRepeated">it may be given several times</param>
internal sealed record QueryParameter(string Name, string Type, string Description, bool IsRepeated = false);
