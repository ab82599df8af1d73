using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Interop;

/// <summary>What clients hear that ask for what is not there.</summary>
[Collection(MeshTests.Name)]
public sealed class StatusTests(Support.Mesh mesh) : InteropCase(mesh)
{
    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Unimplemented_method(Door door)
    {
        using var codec = Codec(door);
        await FailsAsync(StatusCode.Unimplemented, () => CallAsync(codec, CodecService.Descriptor.FullName, "Transpose"));
        using var generator = Generator(door);
        await FailsAsync(StatusCode.Unimplemented, () => CallAsync(generator, CoarseGeneratorService.Descriptor.FullName, "Improvise"));
    }

    [Fact]
    public async Task Unimplemented_method_of_the_gateway()
    {
        using var channel = Gateway();
        await FailsAsync(StatusCode.Unimplemented, () => CallAsync(channel, VampService.Descriptor.FullName, "Applaud"));
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Unimplemented_service(Door door)
    {
        using var channel = Codec(door);
        await FailsAsync(StatusCode.Unimplemented, () => CallAsync(channel, "vampnet.stage.v1.LightService", "Dim"));
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Status_code_and_message(Door door)
    {
        using var channel = Codec(door);
        var client = new CodecService.CodecServiceClient(channel);
        var unary = await FailsAsync(
            StatusCode.NotFound, () => client.GetCodecAsync(new GetCodecRequest { Model = "piano" }).ResponseAsync);
        Assert.Equal("model: \"piano\" is no model here; served are default", unary.Status.Detail);
        Assert.Equal("MODEL_NOT_FOUND", unary.Detail<ErrorInfo>()?.Reason);

        using var call = client.Encode();
        await call.RequestStream.WriteAsync(new EncodeRequest { Config = new EncodeConfig { Stretch = 9 } });
        var duplex = await FailsAsync(StatusCode.InvalidArgument, () => call.ResponseStream.ReadToEndAsync());
        Assert.Equal(["config.stretch"], duplex.Fields());
        Assert.Equal(
            string.Join("; ", duplex.Detail<BadRequest>()!.FieldViolations.Select(v => $"{v.Field}: {v.Description}")),
            duplex.Status.Detail);
    }

    [Theory]
    [InlineData(Door.Stage, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP \U0001F608\t\n")] // grpc's own
    [InlineData(Door.Route, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP \U0001F608\t\n")]
    [InlineData(Door.Stage, "100 % Händel; \"été\" %20 \u0000 \u007f")]
    [InlineData(Door.Route, "100 % Händel; \"été\" %20 \u0000 \u007f")]
    public async Task Special_status_message(Door door, string name)
    {
        using var channel = Codec(door);
        var error = await FailsAsync(
            StatusCode.NotFound,
            () => new CodecService.CodecServiceClient(channel).GetCodecAsync(new GetCodecRequest { Model = name }).ResponseAsync);
        Assert.Equal($"model: \"{name}\" is no model here; served are default", error.Status.Detail);
        Assert.Equal(error.Status.Detail, $"model: {Assert.Single(error.Detail<BadRequest>()!.FieldViolations).Description}");
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task A_message_that_is_cut_is_cut_between_characters(Door door)
    {
        using var channel = Codec(door);
        var name = string.Concat(new string('x', 99), "\U0001F608", new string('y', 50));
        var error = await FailsAsync(
            StatusCode.NotFound,
            () => new CodecService.CodecServiceClient(channel).GetCodecAsync(new GetCodecRequest { Model = name }).ResponseAsync);
        Assert.Equal($"model: \"{name[..99]}…\" is no model here; served are default", error.Status.Detail);
    }

    [Fact]
    public async Task Special_status_message_of_a_stage_through_the_pipeline()
    {
        const string Name = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP \U0001F608\t\n";
        var error = await FailsAsync(
            StatusCode.NotFound, () => Mesh.Client.RunAsync(Vamps.Config().With(c => c.Model = Name), Sounds.Chord(0.1)));
        Assert.Equal($"config.model: \"{Name}\" is no model here; served are default", error.Status.Detail);
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Custom_metadata(Door door)
    {
        const string Tenant = "x-vampnet-tenant";
        using var channel = Generator(door);
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel);
        var good = new Metadata();
        good.Add(Tenant, "orchestra");
        good.Add("x-grpc-test-echo-trailing-bin", new byte[] { 0xab, 0xab, 0xab });
        Assert.Equal(4u, (await client.GetModelAsync(new GetModelRequest(), good)).Codebooks);
        var bad = new Metadata();
        bad.Add(Tenant, "the whole orchestra");
        await Errors.InvalidAsync(() => client.GetModelAsync(new GetModelRequest(), bad).ResponseAsync, Tenant);
        await Errors.InvalidAsync(() => client.Generate(new GenerateRequest(), bad).ResponseStream.ReadToEndAsync(), Tenant);
    }

    /// <summary>Kestrel alone would end the connection, and with it the upload.</summary>
    [Theory]
    [InlineData(Door.Stage, 40_000)]
    [InlineData(Door.Route, 40_000)]
    [InlineData(Door.Stage, 200_000)]
    [InlineData(Door.Route, 200_000)]
    public async Task Large_metadata_ends_its_own_call_alone(Door door, int bytes)
    {
        using var channel = Codec(door);
        var client = new CodecService.CodecServiceClient(channel);
        using var upload = client.Encode();
        await upload.RequestStream.WriteAsync(new EncodeRequest { Config = new EncodeConfig() });
        await AtWorkAsync(new Uri(Mesh.Host.Stages["Codec"]), "vampnet.codec.v1.CodecService/Encode");

        var large = new Metadata { { "x-trace", new string('x', bytes) } };
        var error = await FailsAsync(
            StatusCode.ResourceExhausted, () => client.GetCodecAsync(new GetCodecRequest(), large).ResponseAsync);
        Assert.Equal("HEADERS_TOO_LARGE", error.Detail<ErrorInfo>()?.Reason);

        await upload.RequestStream.WriteAsync(new EncodeRequest { Audio = ByteString.CopyFrom(Sounds.Chord(0.1)) });
        await upload.RequestStream.CompleteAsync();
        Assert.NotEmpty(await upload.ResponseStream.ReadToEndAsync());
    }

    private static Task<GetCodecRequest> CallAsync(GrpcChannel channel, string service, string name)
    {
        var marshaller = Marshallers.Create(message => message.ToByteArray(), GetCodecRequest.Parser.ParseFrom);
        var method = new Method<GetCodecRequest, GetCodecRequest>(MethodType.Unary, service, name, marshaller, marshaller);
        return channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(), new GetCodecRequest()).ResponseAsync;
    }
}
