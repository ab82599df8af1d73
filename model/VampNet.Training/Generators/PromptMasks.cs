using VampNet.Core.Prompts;
using VampNet.Core.Tokens;

namespace VampNet.Training.Generators;

/// <summary>Prompts drawn at random, of the kinds that people give (paper 3.4).</summary>
/// <param name="presets">those that the model is to be served with</param>
/// <param name="codebooks">of the model, those that it is given among them</param>
/// <param name="frames">of a sequence</param>
internal sealed class PromptMasks(IEnumerable<PromptPreset> presets, int codebooks, int frames)
{
    private const int ShortestPeriod = 2, LongestPeriod = 64; // frames
    private const double SlowestTempo = 60, FastestTempo = 180; // beats a minute

    // Where a preset shows nothing, or nothing is left to fill in, there is nothing to learn from it.
    private readonly PromptPreset[] _presets =
    [
        .. presets.Where(preset => preset.Period > 0 || preset.BeatSeconds > 0)
            .Where(preset => preset.Period != 1 || preset.Codebooks < codebooks)
            .Select(preset => preset with { Codebooks = Math.Min(codebooks, preset.Codebooks) }),
    ];

    /// <summary>
    /// Each a quarter of the time: whole codebooks, what is around a gap, a preset, and frames that come again and again, every fourth time
    /// as stretches. Every other gap, and every other of the last kind, shows its frames in the lower codebooks alone.
    /// </summary>
    /// <returns>true = hidden</returns>
    public TokenMask Draw(Random random)
    {
        switch (random.Next(_presets.Length > 0 ? 4 : 3))
        {
            case 0:
                return Masks.Empty(codebooks, frames).HideCodebooks(random.Next(1, codebooks));
            case 1:
                var gap = random.Next(frames / 8, frames);
                var before = random.Next(frames - gap + 1);
                return Lower(Masks.Inpaint(codebooks, frames, before, frames - gap - before));
            case 2:
                var period = (int)(ShortestPeriod * Math.Pow((double)LongestPeriod / ShortestPeriod, random.NextDouble()));
                var width = random.Next(4) == 0 ? Math.Max(1, period / 4) : 1;
                return Lower(Masks.Periodic(codebooks, frames, period, width, random.Next(period)));
            default:
                var rhythm = new Rhythm(Beats(random), []);
                return _presets[random.Next(_presets.Length)].ToPrompt()
                    .ToMask(new PromptScene(codebooks, frames, FrameRate.VampNet, (ulong)random.NextInt64(), rhythm));
        }

        TokenMask Lower(TokenMask mask) => random.Next(2) == 0 ? mask : mask.HideCodebooks(random.Next(1, codebooks));
    }

    /// <summary>Beats that no music has told: even ones, at any tempo.</summary>
    private BeatTrack Beats(Random random)
    {
        var tempo = SlowestTempo + random.NextDouble() * (FastestTempo - SlowestTempo);
        var (apart, seconds) = (60 / tempo, FrameRate.VampNet.ToSeconds(frames));
        var first = random.NextDouble() * apart;
        var count = (int)Math.Max(0, Math.Ceiling((seconds - first) / apart));
        return new BeatTrack([.. Enumerable.Range(0, count).Select(i => first + i * apart)], [], tempo);
    }
}
