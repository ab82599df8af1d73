using VampNet.Load.Calls;

namespace VampNet.Load.Tests;

/// <summary>Which lengths of music requests have.</summary>
public sealed class RequestMixTests
{
    [Fact]
    public void Weights_say_how_often_a_length_comes_and_a_number_always_draws_the_same()
    {
        var mix = RequestMix.Parse("short:3,long");
        var drawn = Enumerable.Range(0, 4_000).Select(number => mix[number].Name).ToList();
        Assert.InRange(drawn.Count(name => name == "short"), 2_850, 3_150);
        Assert.Equal(drawn, Enumerable.Range(0, 4_000).Select(number => RequestMix.Parse("short:3,long")[number].Name));
        Assert.Equal(("medium", 10), (RequestMix.Parse("medium")[7].Name, RequestMix.Parse("medium")[7].Seconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tiny")]
    [InlineData("short,short")]
    [InlineData("short:0")]
    [InlineData("short:NaN")]
    [InlineData("short:1:2")]
    [InlineData("short,,long")]
    public void What_is_no_mix_says_what_is_expected(string text) => Assert.Contains(
        "expected each of short, medium, long", Assert.Throws<FormatException>(() => RequestMix.Parse(text)).Message,
        StringComparison.Ordinal);
}
