using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Codec.V1;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Mesh.Tests.Soak;

/// <summary>Clients that ask for all that they may, or send what no client sends.</summary>
internal static class Abuse
{
    private const int Pings = 1_000, HeaderBytes = 40_000;

    private static readonly TimeSpan Drop = TimeSpan.FromMilliseconds(100);

    // A field whose length is more than there is.
    private static readonly byte[] Garbage = [0x0A, 0xFF, 0x01, 0x02];

    private static readonly byte[] Second = Sounds.Chord(1);

    public static SoakRequest Draw(Random random, Uri gateway) => random.Next(5) switch
    {
        0 => SoakRequest.Vamp(Vamps.Largest(new MeshLimits { MaxSeconds = Support.Mesh.MaxSeconds }), Second) with
        {
            Name = "largest",
            IsEndless = true,
        },
        1 => new("slow upload", (_, options) => DripAsync(gateway, options)) { IsSlow = true },
        2 => new("malformed bytes", (_, _) => MalformedAsync(random.One("vamp.v1.VampService/Vamp", "codec.v1.CodecService/Encode",
            "generator.v1.CoarseGeneratorService/Generate", "models.v1.ModelService/ListModels"), gateway))
        { IsBad = true },
        3 => new("large headers", async (client, options) =>
            $"{await client.ListModelsAsync(options.WithHeaders(new Metadata { { "x-large", new string('x', HeaderBytes) } }))}"),
        _ => new("frame flood", (_, _) => FloodAsync(gateway)),
    };

    private static async Task<string> DripAsync(Uri gateway, CallOptions options)
    {
        using var channel = GrpcChannel.ForAddress(gateway);
        using var call = new CodecService.CodecServiceClient(channel).Encode(options);
        var answer = call.ResponseStream.MoveNext(options.CancellationToken);
        try
        {
            await call.RequestStream.WriteAsync(new EncodeRequest { Config = new EncodeConfig() });
            while (!answer.IsCompleted)
            {
                await call.RequestStream.WriteAsync(new EncodeRequest { Audio = ByteString.CopyFrom(1) });
                await Task.WhenAny(answer, Task.Delay(Drop));
            }
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException)
        {
            // the answer says why
        }
        return $"{await answer}";
    }

    private static async Task<string> MalformedAsync(string method, Uri gateway) =>
        throw await RawCalls.PostAsync(gateway, $"vampnet.{method}", RawCalls.Frame(Garbage));

    private static async Task<string> FloodAsync(Uri gateway)
    {
        using var connection = await RawHttp2.ConnectAsync(gateway);
        var pings = RawHttp2.Many(RawHttp2.Frame(RawHttp2.Ping, new byte[8]), Pings);
        try
        {
            var answers = connection.CopyToAsync(Stream.Null);
            while (!answers.IsCompleted)
                await connection.WriteAsync(pings);
            await answers;
        }
        catch (IOException)
        {
            // ended by the server
        }
        return "";
    }
}
