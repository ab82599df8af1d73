using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using VampNet.Mesh.Tests.Support;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Server reflection, as grpcurl uses it: every server says what it serves, and how those services are called.</summary>
[Collection(MeshTests.Name)]
public sealed class ReflectionTests(Support.Mesh mesh)
{
    private static readonly string[] OnEveryServer =
    [
        "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
        "vampnet.models.v1.ModelService",
    ];

    private static readonly string[] OnEveryStage =
        [.. OnEveryServer, "xds.service.orca.v3.OpenRcaService", "inference.GRPCInferenceService"];

    public static TheoryData<string, string[]> Servers => new()
    {
        { "codec", [.. OnEveryStage, "vampnet.codec.v1.CodecService"] },
        { "coarse", [.. OnEveryStage, "vampnet.generator.v1.CoarseGeneratorService"] },
        { "fine", [.. OnEveryStage, "vampnet.generator.v1.FineGeneratorService"] },
        { "beats", [.. OnEveryStage, "vampnet.beats.v1.BeatService"] },
        {
            "gateway",
            [
                .. OnEveryServer, "vampnet.vamp.v1.VampService", "vampnet.live.v1.LiveService",
                "vampnet.codec.v1.CodecService", "vampnet.generator.v1.CoarseGeneratorService", "vampnet.generator.v1.FineGeneratorService",
                "vampnet.beats.v1.BeatService",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_server_lists_its_services_and_their_files_are_complete(string server, string[] services)
    {
        using var channel = GrpcChannel.ForAddress(Address(server));
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        var listed = (await AskAsync(call, new ServerReflectionRequest { ListServices = "" })).ListServicesResponse.Service;
        Assert.Equal(services.Order(StringComparer.Ordinal), listed.Select(service => service.Name).Order(StringComparer.Ordinal));
        foreach (var service in services)
        {
            var files = new Dictionary<string, FileDescriptorProto>();
            var own = Add(await AskAsync(call, new ServerReflectionRequest { FileContainingSymbol = service }), files);
            for (var missing = Missing(files); missing is not null; missing = Missing(files))
                Add(await AskAsync(call, new ServerReflectionRequest { FileByFilename = missing }), files);
            Assert.Contains(Build(files), file => file.Name == own && file.Services.Any(s => s.FullName == service && s.Methods.Count > 0));
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task What_reflection_says_is_enough_to_call_a_method()
    {
        using var call = new ServerReflection.ServerReflectionClient(mesh.Channel).ServerReflectionInfo();
        var files = new Dictionary<string, FileDescriptorProto>();
        var own = Add(await AskAsync(call, new ServerReflectionRequest { FileContainingSymbol = "vampnet.codec.v1.CodecService" }), files);
        var method = Build(files).Single(file => file.Name == own).Services.Single().FindMethodByName("GetCodec");
        var bytes = Marshallers.Create<byte[]>(b => b, b => b);
        var unary = new Method<byte[], byte[]>(MethodType.Unary, method.Service.FullName, method.Name, bytes, bytes);
        var response = await mesh.Channel.CreateCallInvoker().AsyncUnaryCall(unary, null, new CallOptions(), []).ResponseAsync;
        var rate = method.OutputType.FindFieldByName("sample_rate");
        var input = new CodedInputStream(response);
        while (input.ReadTag() is var tag and not 0 && WireFormat.GetTagFieldNumber(tag) != rate.FieldNumber)
            input.SkipLastField();
        Assert.Equal(44_100, input.ReadInt32());
    }

    [Fact]
    public async Task Older_clients_find_the_alpha_version()
    {
        using var call = new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(mesh.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new Grpc.Reflection.V1Alpha.ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Contains(call.ResponseStream.Current.ListServicesResponse.Service, service => service.Name == "vampnet.vamp.v1.VampService");
        await call.RequestStream.CompleteAsync();
    }

    private Uri Address(string server) => server switch
    {
        "codec" => new Uri(mesh.Host.Stages["Codec"]),
        "coarse" => new Uri(mesh.Host.Stages["CoarseGenerator"]),
        "fine" => new Uri(mesh.Host.Stages["FineGenerator"]),
        "beats" => new Uri(mesh.Host.Stages["BeatTracker"]),
        _ => mesh.Host.Gateway,
    };

    private static async Task<ServerReflectionResponse> AskAsync(
        AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call, ServerReflectionRequest request)
    {
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.NotEqual(ServerReflectionResponse.MessageResponseOneofCase.ErrorResponse, call.ResponseStream.Current.MessageResponseCase);
        return call.ResponseStream.Current;
    }

    /// <returns>the name of the file that was asked for, which comes first</returns>
    private static string Add(ServerReflectionResponse response, Dictionary<string, FileDescriptorProto> files)
    {
        var parsed = response.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom).ToList();
        foreach (var file in parsed)
            files[file.Name] = file;
        return parsed[0].Name;
    }

    private static string? Missing(Dictionary<string, FileDescriptorProto> files) =>
        files.Values.SelectMany(file => file.Dependency).FirstOrDefault(name => !files.ContainsKey(name));

    /// <summary>Links the files; fails where one is missing or does not fit.</summary>
    private static IReadOnlyList<FileDescriptor> Build(Dictionary<string, FileDescriptorProto> files)
    {
        var ordered = new List<ByteString>();
        var done = new HashSet<string>();
        foreach (var name in files.Keys)
            Visit(name);
        return FileDescriptor.BuildFromByteStrings(ordered);

        void Visit(string name)
        {
            if (!done.Add(name))
                return;
            foreach (var dependency in files[name].Dependency)
                Visit(dependency);
            ordered.Add(files[name].ToByteString());
        }
    }
}
