using System.IO.Compression;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Interop;

/// <summary>Bytes that no client's library sends.</summary>
[Collection(MeshTests.Name)]
public sealed class MalformedTests(Support.Mesh mesh) : InteropCase(mesh)
{
    private const string GetCodec = "vampnet.codec.v1.CodecService/GetCodec", Encode = "vampnet.codec.v1.CodecService/Encode",
        Generate = "vampnet.generator.v1.CoarseGeneratorService/Generate", ListModels = "vampnet.models.v1.ModelService/ListModels",
        Vamp = "vampnet.vamp.v1.VampService/Vamp", Preview = "vampnet.vamp.v1.VampService/Preview";

    // A field whose length is more than there is.
    private static readonly byte[] Garbage = [0x0A, 0xFF, 0x01, 0x02];

    public static TheoryData<string, string> Calls
    {
        get
        {
            var calls = new TheoryData<string, string>();
            foreach (var bytes in Requests.Keys)
            {
                foreach (var method in new[] { GetCodec, Encode, Generate, ListModels, Vamp, Preview })
                    calls.Add(method, bytes);
            }
            return calls;
        }
    }

    private static readonly Dictionary<string, byte[]> Requests = new()
    {
        ["no message of the method"] = RawCalls.Frame(Garbage),
        ["no gzip"] = RawCalls.Frame(Garbage, flag: 1),
        ["gzip of no message"] = RawCalls.Frame(Gzip(Garbage), flag: 1),
        ["a damaged gzip"] = RawCalls.Frame([.. Gzip(new byte[100]).SkipLast(12), 1, 2, 3], flag: 1),
        ["a flag of no meaning"] = RawCalls.Frame([], flag: 9),
        ["less than was announced"] = RawCalls.Frame(Garbage)[..7],
        ["a length beyond all limits"] = [0, 0xFF, 0xFF, 0xFF, 0xFF],
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_cannot_be_read_is_the_clients_error(string method, string bytes)
    {
        var doors = new List<Uri> { Mesh.Host.Gateway };
        if (method is GetCodec or Encode)
            doors.Add(new Uri(Mesh.Host.Stages["Codec"]));
        if (method is Generate)
            doors.Add(new Uri(Mesh.Host.Stages["CoarseGenerator"]));
        foreach (var door in doors)
            AssertMalformed(await RawCalls.PostAsync(door, method, Requests[bytes]));
    }

    [Theory]
    [InlineData(Encode)]
    [InlineData(Vamp)]
    public async Task What_cannot_be_read_in_the_middle_of_a_stream_is_the_clients_error(string method)
    {
        var config = method == Vamp
            ? new VampRequest { Config = Vamps.Config() }.ToByteArray()
            : new EncodeRequest { Config = new EncodeConfig() }.ToByteArray();
        AssertMalformed(await RawCalls.PostAsync(Mesh.Host.Gateway, method, [.. RawCalls.Frame(config), .. RawCalls.Frame(Garbage)]));
    }

    [Theory]
    [InlineData(GetCodec)]
    [InlineData(Encode)]
    [InlineData(ListModels)]
    [InlineData(Vamp)]
    public async Task Metadata_that_is_not_base64_is_the_clients_error(string method) =>
        AssertMalformed(await RawCalls.PostAsync(Mesh.Host.Gateway, method, RawCalls.Frame([]), ("x-trace-bin", "%%%")));

    [Fact]
    public async Task The_log_has_one_line_in_ten_seconds_and_no_stack_trace()
    {
        using var log = new LogChannel();
        var time = new ManualTime();
        await using var stage = await StageHost.StartAsync(add: builder => builder.Logging.AddProvider(log), time: time);
        _ = log.Rest();
        for (var i = 0; i < 3; i++)
            AssertMalformed(await RawCalls.PostAsync(stage.Address, "grpc.health.v1.Health/Check", RawCalls.Frame(Garbage)));
        var line = Assert.Single(log.Rest());
        Assert.Contains("/grpc.health.v1.Health/Check refused a request that cannot be read", line, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", line, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(10));
        AssertMalformed(await RawCalls.PostAsync(stage.Address, "grpc.health.v1.Health/Check", RawCalls.Frame(Garbage)));
        Assert.EndsWith("2 others since the line before", Assert.Single(log.Rest()), StringComparison.Ordinal);
    }

    private static void AssertMalformed(RpcException error)
    {
        Assert.Equal((StatusCode.InvalidArgument, "REQUEST_MALFORMED"), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
        Assert.StartsWith("the request cannot be read: ", error.Status.Detail, StringComparison.Ordinal);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
