using VampNet.Model.Prompts;
using VampNet.Model.Tokens;

namespace VampNet.Training.Generators;

/// <summary>Prompts drawn at random, of the kinds that people give (paper 3.4).</summary>
internal static class PromptMasks
{
    private const int ShortestPeriod = 2, LongestPeriod = 64; // frames

    /// <summary>
    /// Frames that come again and again (half of the time; every fourth of these prompts shows stretches, as beats do), what is
    /// around a gap, or whole codebooks. Every other one of the first two kinds shows its frames in the lower codebooks alone.
    /// </summary>
    /// <returns>true = hidden</returns>
    public static TokenMask Draw(int codebooks, int frames, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                return Masks.Empty(codebooks, frames).HideCodebooks(random.Next(1, codebooks));
            case 1:
                var gap = random.Next(frames / 8, frames);
                var before = random.Next(frames - gap + 1);
                return Lower(Masks.Inpaint(codebooks, frames, before, frames - gap - before));
            default:
                var period = (int)(ShortestPeriod * Math.Pow((double)LongestPeriod / ShortestPeriod, random.NextDouble()));
                var width = random.Next(4) == 0 ? Math.Max(1, period / 4) : 1;
                return Lower(Masks.Periodic(codebooks, frames, period, width, random.Next(period)));
        }

        TokenMask Lower(TokenMask mask) => random.Next(2) == 0 ? mask : mask.HideCodebooks(random.Next(1, codebooks));
    }
}
