using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Interop;

/// <summary>Calls that end before they are done.</summary>
[Collection(MeshTests.Name)]
public sealed class EndingTests(Support.Mesh mesh) : InteropCase(mesh)
{
    private const string Encode = "vampnet.codec.v1.CodecService/Encode", Track = "vampnet.beats.v1.BeatService/Track",
        Vamp = "vampnet.vamp.v1.VampService/Vamp";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(0.5);

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Cancel_after_begin(Door door)
    {
        using var cancel = new CancellationTokenSource();
        using var channel = Codec(door);
        using var call = new CodecService.CodecServiceClient(channel).Encode(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(new EncodeRequest { Config = new EncodeConfig() });
        await AtWorkAsync(new Uri(Mesh.Host.Stages["Codec"]), Encode);
        await cancel.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.ReadToEndAsync());
    }

    [Fact]
    public async Task Cancel_after_begin_of_a_stream_with_one_answer()
    {
        using var cancel = new CancellationTokenSource();
        using var channel = Gateway();
        using var call = new BeatService.BeatServiceClient(channel).Track(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(new TrackRequest { Config = new TrackConfig() });
        await AtWorkAsync(new Uri(Mesh.Host.Stages["BeatTracker"]), Track);
        await cancel.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseAsync);
    }

    [Fact]
    public async Task Cancel_after_begin_of_what_the_gateway_serves()
    {
        using var cancel = new CancellationTokenSource();
        using var channel = Gateway();
        using var call = new VampService.VampServiceClient(channel).Vamp(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(new VampRequest { Config = Vamps.Config() });
        await AtWorkAsync(Mesh.Host.Gateway, Vamp);
        await cancel.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.ReadToEndAsync());
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Cancel_after_first_response(Door door)
    {
        using var cancel = new CancellationTokenSource();
        using var channel = Generator(door);
        var request = Calls.Generation(steps: 1_000, frames: 575);
        using var call = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel)
            .Generate(request, cancellationToken: cancel.Token);
        Assert.True(await call.ResponseStream.MoveNext());
        await cancel.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.ReadToEndAsync());
    }

    [Fact]
    public async Task Cancel_after_first_response_of_what_the_gateway_serves()
    {
        using var cancel = new CancellationTokenSource();
        using var channel = Gateway();
        using var call = new VampService.VampServiceClient(channel).Vamp(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(new VampRequest { Config = Vamps.Config() });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.NotNull(call.ResponseStream.Current.Started);
        await call.RequestStream.WriteAsync(new VampRequest { Audio = ByteString.CopyFrom(Sounds.Chord(1)) });
        await cancel.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.ReadToEndAsync());
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Timeout_on_sleeping_server(Door door)
    {
        // It has nothing to say before it has heard the audio.
        using var channel = Codec(door);
        var deadline = DateTime.UtcNow + Soon;
        using var call = new CodecService.CodecServiceClient(channel).Encode(deadline: deadline);
        await call.RequestStream.WriteAsync(new EncodeRequest { Config = new EncodeConfig() });
        await TimesOutAsync(deadline, () => call.ResponseStream.ReadToEndAsync());
    }

    [Fact]
    public async Task Timeout_on_sleeping_server_of_what_the_gateway_serves()
    {
        using var channel = Gateway();
        var deadline = DateTime.UtcNow + Soon;
        using var call = new VampService.VampServiceClient(channel).Vamp(deadline: deadline);
        await call.RequestStream.WriteAsync(new VampRequest { Config = Vamps.Config() });
        await TimesOutAsync(deadline, () => call.ResponseStream.ReadToEndAsync());
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Timeout_on_sleeping_server_as_the_server_sees_it(Door door)
    {
        await using var stage = await StageHost.CoarseAsync(new HeldGenerator());
        await using var gateway = await StageHost.GatewayAsync(stage.Address);

        // A client that does not look at the clock itself, at a stage whose first step lasts for ever.
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(door == Door.Stage ? stage.Address : gateway.Address, "/vampnet.generator.v1.CoarseGeneratorService/Generate"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Framed(Calls.Generation(steps: 9))),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.Add("grpc-timeout", "500m");
        using var response = await http.SendAsync(request);
        var status = response.Headers.TryGetValues("grpc-status", out var values)
            ? values
            : response.TrailingHeaders.GetValues("grpc-status");
        Assert.Equal($"{(int)StatusCode.DeadlineExceeded}", Assert.Single(status));
        await stage.AtWorkAsync(0);
    }

    private static byte[] Framed(IMessage message)
    {
        byte[] frame = [0, 0, 0, 0, 0, .. message.ToByteArray()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        return frame;
    }
}
