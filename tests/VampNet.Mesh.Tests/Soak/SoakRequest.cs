using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Soak;

/// <summary>What a client asks the mesh for.</summary>
/// <param name="Run">asks, and gives a digest of the whole answer</param>
internal sealed record SoakRequest(string Name, Func<VampNetClient, CallOptions, Task<string>> Run)
{
    /// <summary>It breaks its contract: INVALID_ARGUMENT or NOT_FOUND is the only answer.</summary>
    public bool IsBad { get; init; }

    /// <summary>It takes so long that nobody shall wait for its end.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Its client sends so little that it may be ended.</summary>
    public bool IsSlow { get; init; }

    /// <summary>A call to a generator, which the gateway only hands on, to one replica.</summary>
    public bool IsRouted { get; init; }

    /// <summary>A request of any kind; the same for the same random numbers.</summary>
    /// <param name="gateway">for what is no call of a client's library</param>
    public static SoakRequest Draw(Random random, Uri gateway) => random.Next(21) switch
    {
        0 or 1 or 2 => Vamp(random.Vamp(), random.Audio()),
        3 => Encode(random.Audio(), new EncodeConfig { Channels = (Channels)random.Next(3), Repeat = (uint)random.Next(3) }),
        4 => Decode(random),
        5 => Track(random.Audio()),
        6 or 7 or 8 => Generate(random, random.Sampling()),
        9 => Generate(random, new Sampling { Steps = 1_000 }) with { Name = "generate for long", IsEndless = true },
        10 => Embed(random),
        11 => Score(random),
        12 => Compress(random.Vamp(), random.Audio()),
        13 => Expand(random.Vamp(), random.Audio()),
        14 or 15 => BadRequests.Draw(random),
        _ => Abuse.Draw(random, gateway),
    };

    /// <summary>One request of every kind, always the same.</summary>
    public static IReadOnlyList<SoakRequest> Probes()
    {
        var random = new Random(4);
        var config = Vamps.Config(seed: 21).With(c => (c.Variations, c.Stereo) = (2, StereoPolicy.Dual));
        var music = Sounds.Chord(1.2, channels: 2);
        return
        [
            Vamp(config, music), Encode(music, new EncodeConfig()), Decode(random), Track(Sounds.Clicks(2, 120)),
            Generate(random, new Sampling
            {
                Steps = 7,
            }), Embed(random), Score(random), Compress(Vamps.Config(), music), Expand(Vamps.Config(), music),
        ];
    }

    public static SoakRequest Vamp(VampConfig config, byte[] audio) => new("vamp", async (client, options) =>
        Digest(Lasting((await client.RunAsync(config, audio, options)).Responses)));

    public static SoakRequest Encode(byte[] audio, EncodeConfig config) => new("encode", async (client, options) =>
    {
        var encoded = await client.EncodeAsync(new MemoryStream(audio), config, options);
        return Digest([encoded.Header, .. encoded.Channels]);
    });

    public static SoakRequest Track(byte[] audio) =>
        new("track", async (client, options) => Digest(await client.TrackBeatsAsync(new MemoryStream(audio), options: options)));

    public static SoakRequest Compress(VampConfig config, byte[] audio) => new("compress", async (client, options) =>
        Digest(await client.CompressAsync(config.Clone().With(Compressible).ToCompress(), new MemoryStream(audio), options)));

    public static SoakRequest Expand(VampConfig config, byte[] audio) => new("expand", async (client, options) =>
    {
        var file = (await client.CompressAsync(config.Clone().With(Compressible).ToCompress(), new MemoryStream(audio), options)).File;
        return Digest(
            Lasting(
                await client.ExpandAsync(new ExpandConfig { ReturnTokens = true }, new MemoryStream(file.ToByteArray()), options)
                .ToListAsync()));
    });

    private static SoakRequest Decode(Random random)
    {
        var tokens = random.Tokens(14, (uint)random.Next(1, 120), 0, hidden: 0);
        return new("decode", async (client, options) =>
        {
            using var audio = new MemoryStream();
            var header = await client.DecodeAsync(tokens, new DecodeConfig(), audio, options);
            return Digest(header, new DecodeResponse { Audio = ByteString.CopyFrom(audio.ToArray()) });
        });
    }

    private static SoakRequest Generate(Random random, Sampling sampling)
    {
        var (stage, codebooks, conditioning) = Generator(random);
        var request = new GenerateRequest
        {
            Tokens = random.Tokens(codebooks, (uint)random.Next(1, 200), conditioning, random.NextDouble()),
            Sampling = sampling,
            Seed = random.Seed(),
            Priority = (Priority)random.Next(3),
        };
        return new("generate", async (client, options) => Digest(await client.GenerateAsync(stage, request, options: options)))
        {
            IsRouted = true,
        };
    }

    private static SoakRequest Embed(Random random)
    {
        var (stage, codebooks, conditioning) = Generator(random);
        var request = new EmbedRequest
        {
            Tokens = random.Tokens(codebooks, (uint)random.Next(1, 150), conditioning, 0.3),
            Layer = (uint)random.Next(3),
        };
        return new("embed", async (client, options) => Digest(await client.EmbedAsync(stage, request, options)))
        {
            IsRouted = true,
        };
    }

    private static SoakRequest Score(Random random)
    {
        var (stage, codebooks, conditioning) = Generator(random);
        var tokens = random.Tokens(codebooks, (uint)random.Next(1, 150), 0, hidden: 0);
        var request = new ScoreRequest { Tokens = tokens, Mask = random.Mask(tokens, conditioning) };
        return new("score", async (client, options) => Digest(await client.ScoreAsync(stage, request, options)))
        {
            IsRouted = true,
        };
    }

    private static (GeneratorStage Stage, uint Codebooks, uint Conditioning) Generator(Random random) =>
        random.One((GeneratorStage.Coarse, 4u, 0u), (GeneratorStage.Fine, 14u, 4u));

    private static void Compressible(VampConfig config) =>
        config.Stereo = config.Stereo == StereoPolicy.Mid ? StereoPolicy.Mono : config.Stereo;

    /// <summary>
    /// What is of the request in the answers of a vamp. Progress, times, and how answers are cut and mixed are of the moment.
    /// </summary>
    private static List<IMessage> Lasting(IEnumerable<VampResponse> responses)
    {
        var lasting = new List<IMessage>();
        foreach (var part in responses.GroupBy(r => (r.Variation, r.ContentCase, r.Channel)).OrderBy(g => g.Key))
        {
            switch (part.Key.ContentCase)
            {
                case VampResponse.ContentOneofCase.Progress or VampResponse.ContentOneofCase.Summary:
                    continue;
                case VampResponse.ContentOneofCase.Tokens:
                    lasting.Add(TokenBlocks.Join([.. part.Select(r => r.Tokens)]));
                    break;
                case VampResponse.ContentOneofCase.Audio:
                    lasting.Add(new VampResponse { Audio = ByteString.CopyFrom([.. part.SelectMany(r => r.Audio)]) });
                    break;
                default:
                    lasting.AddRange(part);
                    break;
            }
        }
        return lasting;
    }

    private static string Digest(params IReadOnlyList<IMessage> answers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var answer in answers)
            hash.AppendData(answer.ToByteArray());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
