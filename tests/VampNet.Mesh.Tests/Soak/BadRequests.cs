using System.Text;
using Google.Protobuf;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Soak;

/// <summary>Requests that break their contracts, some early, some late.</summary>
internal static class BadRequests
{
    private static readonly byte[] Noise = Encoding.ASCII.GetBytes(new string('?', 300_000));

    public static SoakRequest Draw(Random random) => Any(random) with { Name = "bad request", IsBad = true };

    private static SoakRequest Any(Random random) => random.Next(11) switch
    {
        0 => SoakRequest.Vamp(random.Vamp().With(c => c.Prompt = null), random.Audio()),
        1 => SoakRequest.Vamp(random.Vamp().With(c => c.Variations = 10_000), random.Audio()),
        2 => SoakRequest.Vamp(random.Vamp().With(c => c.Model = "nowhere"), random.Audio()),
        3 => SoakRequest.Vamp(random.Vamp(), Noise),
        4 => SoakRequest.Vamp(random.Vamp().With(c => c.Prompt = new Prompt
        {
            Mask = new() { Codebooks = 14, Frames = 3, Data = ByteString.CopyFrom(new byte[42]) },
        }), random.Audio()),
        5 => SoakRequest.Vamp(random.Vamp(), Sounds.Chord(Support.Mesh.MaxSeconds + 1, sampleRate: 8_000)),
        6 => SoakRequest.Encode(Noise, new EncodeConfig()),
        7 => SoakRequest.Track(Noise),
        8 => new(
            "", (client, options) => DoneAsync(
                client.GenerateAsync(GeneratorStage.Fine, new GenerateRequest { Tokens = Tokens.Masked(14, 20, 0) }, options: options))),
        9 => new(
            "", (client, options) => DoneAsync(client.DecodeAsync(Tokens.Masked(14, 20, 4), new DecodeConfig(), Stream.Null, options))),
        _ => new(
            "", async (client,
            options) => $"{await client.ExpandAsync(new ExpandConfig(), new MemoryStream(Noise), options).CountAsync()} answers"),
    };

    private static async Task<string> DoneAsync<T>(Task<T> call) => $"{await call}";
}
