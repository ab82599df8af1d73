using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Mesh.Tests.Stages;

public sealed class TokenBlocksTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1_024, 1)]
    [InlineData(1_025, 2)]
    [InlineData(3_000, 3)]
    public void Blocks_join_to_what_was_split(uint frames, int count)
    {
        var tokens = Tokens.Of(3, frames, i => i % 1_025);
        var blocks = TokenBlocks.Split(tokens).ToArray();
        Assert.Equal(count, blocks.Length);
        Assert.Equal(tokens, TokenBlocks.Join(blocks));
    }

    [Fact]
    public void Blocks_that_do_not_belong_together_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => TokenBlocks.Join([]));
        Assert.Throws<InvalidDataException>(() => TokenBlocks.Join([Tokens.Of(3, 5, _ => 0), Tokens.Of(4, 5, _ => 0)]));
        Assert.Throws<InvalidDataException>(() => TokenBlocks.Join([new TokenTensor { Codebooks = 3, Frames = 5 }]));
    }
}
