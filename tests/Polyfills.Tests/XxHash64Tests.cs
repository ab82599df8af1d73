using System.IO.Hashing;
using System.Text;

namespace Polyfills.Tests;

public sealed class XxHash64Tests
{
    // From the published test vectors of xxHash, seed 0.
    [Theory]
    [InlineData("", "EF46DB3751D8E999")]
    [InlineData("a", "D24EC4F1A98C6E5B")]
    [InlineData("abc", "44BC2CF5AD770999")]
    [InlineData("Nobody inspects the spammish repetition", "FBCEA83C8A378BF1")]
    public void MatchesPublishedVectors(string text, string hash) =>
        Assert.Equal(hash, Convert.ToHexString(XxHash64.Hash(Encoding.ASCII.GetBytes(text))));
}
