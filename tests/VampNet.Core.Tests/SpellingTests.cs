using Xunit;

namespace VampNet.Core.Tests;

public class SpellingTests
{
    private static readonly string[] s_words = ["vamp", "inpaint", "continue", "loop", "preview", "--temperature"];

    [Theory]
    [InlineData("vmap", "vamp")] // swapped
    [InlineData("vamps", "vamp")] // one more
    [InlineData("inpant", "inpaint")] // one less
    [InlineData("LOOP", "loop")]
    [InlineData("--temprature", "--temperature")]
    [InlineData("decode", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void A_word_is_found_that_is_nearly_the_same(string word, string? closest)
    {
        Assert.Equal(closest, Spelling.Closest(word, s_words));
        Assert.Equal(closest is null ? "" : $"; did you mean \"{closest}\"?", Spelling.Hint(word, s_words));
    }

    [Fact]
    public void Without_words_there_is_nothing_close() => Assert.Null(Spelling.Closest("vamp", []));
}
