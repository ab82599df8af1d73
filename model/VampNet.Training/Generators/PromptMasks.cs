using VampNet.Core.Prompts;
using VampNet.Core.Tokens;

namespace VampNet.Training.Generators;

/// <summary>Prompts drawn at random, of the kinds that people give (paper 3.4).</summary>
internal static class PromptMasks
{
    private const int ShortestPeriod = 2, LongestPeriod = 64; // frames
    private static readonly PromptPreset[] s_presets = [.. PromptPreset.All.Where(preset => preset.Period > 0)];

    /// <summary>
    /// Each a quarter of the time: whole codebooks, what is around a gap, what a preset shows of the lower codebooks, and frames that
    /// come again and again, every fourth time as stretches, as beats do. Every other gap, and every other of the last kind, shows
    /// its frames in the lower codebooks alone.
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
            case 2:
                var preset = s_presets[random.Next(s_presets.Length)];
                return Masks.Periodic(codebooks, frames, preset.Period, width: 1, random.Next(preset.Period))
                    .HideCodebooks(Math.Min(codebooks, preset.Codebooks));
            default:
                var period = (int)(ShortestPeriod * Math.Pow((double)LongestPeriod / ShortestPeriod, random.NextDouble()));
                var width = random.Next(4) == 0 ? Math.Max(1, period / 4) : 1;
                return Lower(Masks.Periodic(codebooks, frames, period, width, random.Next(period)));
        }

        TokenMask Lower(TokenMask mask) => random.Next(2) == 0 ? mask : mask.HideCodebooks(random.Next(1, codebooks));
    }
}
