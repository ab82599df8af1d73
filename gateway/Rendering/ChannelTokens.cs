using VampNet.Gateway.Generation;
using VampNet.Model.Codec;
using VampNet.Model.Tokens;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Rendering;

/// <summary>The tokens of a channel in the chunks that the codec takes.</summary>
/// <param name="ready">called with each block of tokens, in order</param>
internal sealed class ChannelTokens(ITokenSource tokens, Func<TokenTensor, Task> ready)
{
    // About 2 s: who listens to tokens gets them soon, and messages stay few.
    private const int BlockFrames = 128;

    /// <summary>A chunk with its margins, as soon as all of it is known.</summary>
    public async Task<TokenGrid> ReadAsync(CodecChunk chunk)
    {
        for (var at = 0; at < chunk.Count; at += BlockFrames)
            await ready((await tokens.ReadAsync(chunk.Start + at, Math.Min(BlockFrames, chunk.Count - at))).ToProto());
        return await tokens.ReadAsync(chunk.From, chunk.Length);
    }
}
