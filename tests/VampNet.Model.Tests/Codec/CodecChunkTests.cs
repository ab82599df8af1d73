using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Codec;

[Collection(TorchTests.Name)]
public class CodecChunkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(CodecChunk.Frames)]
    [InlineData(CodecChunk.Frames + 1)]
    [InlineData(CodecChunk.Frames + CodecChunk.Margin)]
    [InlineData(5_000)]
    public void Chunks_cover_every_frame_once_within_their_margins(int frames)
    {
        AssertCover(CodecChunk.Of(frames), frames);
        AssertCover(CodecChunk.Growing(frames), frames);
    }

    [Fact]
    public void Audio_that_is_heard_while_it_is_made_begins_with_short_chunks_in_step_with_the_codecs_noise()
    {
        Assert.Equal([64, 128, 256, 512, 640, 400], CodecChunk.Growing(2_000).Select(chunk => chunk.Count));
        Assert.All(CodecChunk.Growing(9_000), chunk => Assert.Equal(0, chunk.From % CodecChunk.FirstFrames));
    }

    private static void AssertCover(IEnumerable<CodecChunk> chunks, int frames)
    {
        var next = 0;
        foreach (var chunk in chunks)
        {
            Assert.Equal(next, chunk.Start);
            Assert.InRange(chunk.Count, 1, CodecChunk.Frames);
            Assert.InRange(chunk.Length, chunk.Count, CodecChunk.MaxLength);
            Assert.Equal(Math.Max(0, chunk.Start - CodecChunk.Margin), chunk.From);
            Assert.Equal(Math.Min(frames, chunk.Start + chunk.Count + CodecChunk.Margin), chunk.From + chunk.Length);
            next += chunk.Count;
        }
        Assert.Equal(frames, next);
    }

    [Fact]
    public void A_chunk_is_the_same_as_soon_as_it_has_what_it_needs() =>
        Assert.Equal(CodecChunk.At(CodecChunk.Frames, 9_000), CodecChunk.At(CodecChunk.Frames, CodecChunk.Needs(CodecChunk.Frames)));

    /// <summary>In one pass of the network, and in chunks: they differ by the order of float additions only.</summary>
    [Fact, NoTensorLeaks]
    public void Chunks_give_what_the_whole_gives()
    {
        using var codec = new TokenCodec(GoldenModels.Codec(), CPU);
        const int Frames = CodecChunk.Frames + 300;
        var random = new Random(1);
        var audio = new float[Frames * codec.Hop - 5];
        for (var i = 0; i < audio.Length; i++)
            audio[i] = (float)(0.2 * Math.Sin(i * 0.02 * (1 + i % 90_000 / 30_000)) + 0.02 * (random.NextDouble() - 0.5));
        var tokens = codec.Encode(audio);
        var once = codec.Encode(audio, 0, Frames);
        Assert.Equal(Frames, tokens.Frames);
        var differing = Enumerable.Range(0, Frames).Count(t => Enumerable.Range(0, codec.Codebooks).Any(c => tokens[c, t] != once[c, t]));
        Assert.InRange(differing, 0, 3); // near ties
        var whole = codec.Decode(tokens, 0, Frames);
        Assert.All(whole.Zip(codec.Decode(tokens)), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        var heard = CodecChunk.Growing(Frames)
            .SelectMany(chunk => codec.Decode(tokens.SliceFrames(chunk.From, chunk.Length), chunk.Skip, chunk.Count));
        Assert.All(whole.Zip(heard), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }
}
