using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Soak;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Fuzz;

/// <summary>Requests of every method, damaged in their messages or in their frames, at the gateway of a mesh.</summary>
internal static class RequestTarget
{
    public const string Name = "requests";

    private const string Deadline = "500m"; // what is left is a request that takes long, and that may be

    private const long RefusedStream = 7, Cancel = 8; // errors of HTTP/2

    /// <param name="vampFiles">good ones</param>
    /// <param name="http">that reaches the gateway</param>
    /// <param name="metadata">of every call, such as a key</param>
    public static FuzzTarget Create(
        string name, Uri gateway, IReadOnlyList<byte[]> vampFiles, HttpClient http, params (string Name, string Value)[] metadata)
    {
        // The first line of the bytes is the method.
        return new(name, random => Draw(random, vampFiles), bytes => Post(http, gateway, bytes, metadata), IsReset)
        {
            Damage = (bytes, random) =>
            {
                var start = bytes.AsSpan().IndexOf((byte)'\n') + 1;
                return [.. bytes[..start], .. Of(bytes[start..], random)];
            },
        };
    }

    private static void Post(HttpClient http, Uri gateway, byte[] bytes, (string Name, string Value)[] metadata)
    {
        var start = bytes.AsSpan().IndexOf((byte)'\n');
        var method = System.Text.Encoding.ASCII.GetString(bytes, 0, start);
        var answer = RawCalls.PostAsync(http, gateway, method, bytes[(start + 1)..], [("grpc-timeout", Deadline), .. metadata])
            .GetAwaiter().GetResult();
        Assert.DoesNotContain(
            answer.StatusCode, (StatusCode[])[StatusCode.Internal, StatusCode.Unknown, StatusCode.DataLoss, StatusCode.Unavailable]);
    }

    /// <summary>
    /// Where the deadline passes in the middle of an answer, the server can only reset the stream; and on a connection whose streams it has
    /// not worked off, as on a busy machine, it refuses new ones.
    /// </summary>
    private static bool IsReset(Exception error) =>
        error is HttpRequestException { InnerException: HttpProtocolException { ErrorCode: RefusedStream or Cancel } };

    private static byte[] Draw(Random random, IReadOnlyList<byte[]> vampFiles)
    {
        var vamp = random.Vamp();
        var audio = ByteString.CopyFrom(random.One(random.Audio()));
        var (codebooks, conditioning) = random.One((4u, 0u), (14u, 4u));
        var generator = $"vampnet.generator.v1.{(codebooks == 4 ? "Coarse" : "Fine")}GeneratorService";
        var tokens = random.Tokens(codebooks, (uint)random.Next(1, 60), conditioning, 0.4);
        var shown = random.Tokens(codebooks, tokens.Frames, 0, 0);
        return random.Next(13) switch
        {
            0 or 1 => Call("vampnet.vamp.v1.VampService/Vamp", new VampRequest { Config = vamp }, new VampRequest { Audio = audio }),
            2 => Call("vampnet.vamp.v1.VampService/Preview", new PreviewRequest { Config = vamp.ToPreview() },
                new PreviewRequest { Audio = audio }),
            3 => Call("vampnet.vamp.v1.VampService/Compress", new CompressRequest { Config = vamp.ToCompress() },
                new CompressRequest { Audio = audio }),
            4 => Call("vampnet.vamp.v1.VampService/Expand", new ExpandRequest { Config = new ExpandConfig() },
                new ExpandRequest { File = ByteString.CopyFrom(random.One([.. vampFiles])) }),
            5 => Call("vampnet.codec.v1.CodecService/Encode", new EncodeRequest { Config = new EncodeConfig() },
                new EncodeRequest { Audio = audio }),
            6 => Call("vampnet.codec.v1.CodecService/Decode", new DecodeRequest { Config = new DecodeConfig() },
                new DecodeRequest { Tokens = random.Tokens(14, 30, 0, 0) }),
            7 => Call("vampnet.beats.v1.BeatService/Track", new TrackRequest { Config = new TrackConfig() },
                new TrackRequest { Audio = audio }),
            8 or 9 => Call($"{generator}/Generate", new GenerateRequest { Tokens = tokens, Sampling = random.Sampling(), Seed = 1 }),
            10 => Call($"{generator}/Embed", new EmbedRequest { Tokens = tokens, Layer = 1 }),
            11 => Call($"{generator}/Score", new ScoreRequest { Tokens = shown, Mask = random.Mask(shown, conditioning) }),
            _ => Call("vampnet.models.v1.ModelService/ListModels", new ListModelsRequest { PageSize = 3, PageToken = "a" }),
        };
    }

    private static byte[] Call(string method, params IMessage[] messages) =>
    [
        .. System.Text.Encoding.ASCII.GetBytes($"{method}\n"), .. messages.SelectMany(message => RawCalls.Frame(message.ToByteArray())),
    ];

    /// <summary>One of its messages, in a frame of the new length, or the frames themselves.</summary>
    private static byte[] Of(byte[] frames, Random random)
    {
        if (random.Chance(0.2))
            return Damage.Bytes(frames, random);
        var messages = new List<byte[]>();
        for (var at = 0; at < frames.Length;)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frames.AsSpan(at + 1));
            messages.Add(frames[(at + 5)..(at + 5 + length)]);
            at += 5 + length;
        }
        var one = random.Chance(0.7) ? 0 : random.Next(messages.Count); // the config is what has structure
        messages[one] = Damage.Bytes(messages[one], random);
        return [.. messages.SelectMany(message => RawCalls.Frame(message))];
    }
}
