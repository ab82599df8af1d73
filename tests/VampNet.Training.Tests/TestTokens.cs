using VampNet.Core.Tokens;

namespace VampNet.Training.Tests;

internal static class TestTokens
{
    /// <summary>Five frames over and over, the first codebook unlike the second.</summary>
    public static TokenGrid Riff(int frames)
    {
        ushort[] codes = [7, 300, 11, 1023, 42, 500, 42, 8, 77, 900];
        return new TokenGrid(2, frames, [.. Enumerable.Range(0, 2 * frames).Select(i => codes[i / frames * 5 + i % frames % 5])]);
    }
}
