using Grpc.Core;
using VampNet.Client;
using VampNet.Core.Tokens;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;

namespace VampNet.Evaluation;

/// <summary>The codec alone, with or without damage to the tokens in between.</summary>
/// <param name="model">name of a served model; empty = the default</param>
/// <param name="kept">share of the tokens that are still the music's after it</param>
/// <param name="change">of the tokens of an excerpt</param>
internal sealed class TokenCondition(
    string name, VampNetClient client, string model, double kept, Func<TokenGrid, Excerpt, TokenGrid> change) : Condition(name)
{
    private const int BitsPerToken = 10;

    /// <summary>The leading codebooks.</summary>
    public static TokenCondition Codec(string name, VampNetClient client, string model, int codebooks) =>
        new(name, client, model, 1, (tokens, _) => tokens.TakeCodebooks(codebooks));

    /// <summary>Each token replaced by any other with this probability.</summary>
    public static TokenCondition Noise(string name, VampNetClient client, string model, double probability) =>
        new(name, client, model, 1 - probability, (tokens, excerpt) =>
    {
        var random = new Random(excerpt.Index);
        return new TokenGrid(
            tokens.Codebooks, tokens.Frames,
            Array.ConvertAll(
                tokens.Data.ToArray(), token => random.NextDouble() < probability ? (ushort)random.Next(TokenGrid.Mask) : token));
    });

    public override async Task<Rendition> RenderAsync(Excerpt excerpt, CancellationToken cancellationToken)
    {
        var options = new CallOptions(cancellationToken: cancellationToken);
        var encoded = await client.EncodeAsync(excerpt.Open(), new EncodeConfig { Model = model }, options);
        var tokens = change(encoded.Tokens.ToGrid(), excerpt);
        var audio = new MemoryStream();
        var config = new DecodeConfig
        {
            Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
            Samples = (ulong)excerpt.Samples.Length,
            GainDb = -encoded.Header.GainDb,
            Model = model,
        };
        await client.DecodeAsync(tokens.ToTensor(), config, audio, options);
        return new Rendition(
            RawAudio.Of(audio, excerpt), kept * tokens.Codebooks * BitsPerToken * encoded.Header.SampleRate / encoded.Header.Hop);
    }
}
