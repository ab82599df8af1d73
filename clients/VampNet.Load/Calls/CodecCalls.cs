using Grpc.Core;
using VampNet.Client;
using VampNet.Core.Tokens;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Load.Calls;

/// <summary>Encodings and decodings in turns.</summary>
internal sealed class CodecCalls(
    CodecService.CodecServiceClient client, GetCodecResponse codec, RequestMix mix, Music music, LoadRequests requests) : ILoadTarget
{
    public CallShape Describe(int number) => new($"{(IsEncoding(number) ? "encode" : "decode")} {mix[number].Name}", mix[number].Seconds);

    /// <summary>The first part of the answer are the first tokens, or the first samples.</summary>
    public async Task SendAsync(int number, CallOptions options, Action first)
    {
        if (IsEncoding(number))
            await EncodeAsync(number, options, first);
        else
            await DecodeAsync(number, options, first);
    }

    private static bool IsEncoding(int number) => number % 2 == 0;

    private async Task EncodeAsync(int number, CallOptions options, Action first)
    {
        using var call = client.Encode(options);
        var config = new EncodeRequest { Config = new EncodeConfig { Input = Music.Format, Model = requests.Model } };
        var chunks = music.Chunks(number, mix[number].Seconds);
        await foreach (var response in call.ExchangeAsync(config, chunks, chunk => new EncodeRequest { Audio = chunk }))
        {
            if (response.Tokens is not null)
                first();
        }
    }

    private async Task DecodeAsync(int number, CallOptions options, Action first)
    {
        using var call = client.Decode(options);
        var tokens = TokenBlocks.Split(Tokens(number)).ToAsyncEnumerable();
        var config = new DecodeRequest { Config = new DecodeConfig { Model = requests.Model } };
        await foreach (var response in call.ExchangeAsync(config, tokens, block => new DecodeRequest { Tokens = block }))
        {
            if (response.HasAudio)
                first();
        }
    }

    private TokenTensor Tokens(int number)
    {
        var random = RequestMix.RandomOf(number);
        var frames = FrameRate.VampNet.ToFrames(mix[number].Seconds);
        var tokens = new ushort[codec.Codebooks * frames];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = (ushort)random.Next(TokenGrid.Vocabulary);
        return new TokenGrid((int)codec.Codebooks, frames, tokens).ToTensor();
    }
}
