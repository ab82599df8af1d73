using VampNet.Core.Tokens;

namespace VampNet.Services.Codec;

/// <summary>
/// Tokens between the blocks that a client sends and the chunks that the codec takes: no more than those that are still needed.
/// </summary>
/// <param name="start">frame that the first chunk starts with; those before it are its context</param>
internal sealed class TokenWindow(int start)
{
    private List<TokenGrid> _blocks = [];
    private int _first; // frame that the blocks start with
    private int _next = start; // frame that the next chunk starts with

    /// <summary>That came so far.</summary>
    public int Frames { get; private set; }

    public void Add(TokenGrid block)
    {
        _blocks.Add(block);
        Frames += block.Frames;
    }

    /// <summary>The next chunk and the tokens to compute it from; null where there is none, or not yet.</summary>
    /// <param name="ended">no more will come</param>
    public (CodecChunk Chunk, TokenGrid Tokens)? Take(bool ended)
    {
        if (_next >= Frames || (!ended && Frames < CodecChunk.Needs(_next)))
            return null;
        var chunk = CodecChunk.At(_next, Frames);
        var all = TokenGrid.ConcatFrames(_blocks);
        var tokens = all.SliceFrames(chunk.From - _first, chunk.Length);

        _next += CodecChunk.Frames;
        var kept = Math.Min(_next - CodecChunk.Margin, Frames) - _first;
        _blocks = [all.SliceFrames(kept, all.Frames - kept)];
        _first += kept;
        return (chunk, tokens);
    }
}
