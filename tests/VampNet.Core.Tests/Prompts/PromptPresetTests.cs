using VampNet.Core.Prompts;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Testing;
using Xunit;

namespace VampNet.Core.Tests.Prompts;

/// <summary>Presets against the steps of the reference's build_mask and make_beat_mask, with the parameters of its app.</summary>
public class PromptPresetTests
{
    private const int Codebooks = 14;
    private const int Frames = 300;
    private const ulong Seed = 11;

    private static readonly Rhythm Rhythm = new(new BeatTrack([0.5, 1.1, 1.7, 2.3, 2.9], [0.5, 2.9], 100), []);

    [Theory]
    [InlineData("timbre-transfer", 2, 1, 0.0, 0)]
    [InlineData("small-variation", 5, 4, 0.0, 0)]
    [InlineData("small-variation-follow-beat", 7, 4, 0.0, 50)]
    [InlineData("medium-variation", 7, 4, 0.0, 0)]
    [InlineData("medium-variation-follow-beat", 13, 4, 0.0, 50)]
    [InlineData("large-variation", 13, 4, 0.2, 0)]
    [InlineData("large-variation-follow-beat", 0, 4, 0.0, 80)]
    [InlineData("loop", 9, 4, 0.0, 50)]
    [InlineData("unconditional", 0, 1, 0.0, 0)]
    public void A_preset_is_the_references_composition(string name, int period, int codebooks, double dropout, int beatMilliseconds)
    {
        var preset = PromptPreset.All.Single(p => p.Name == name).ToPrompt()
            .ToMask(new PromptScene(Codebooks, Frames, FrameRate.VampNet, Seed, Rhythm));

        // build_mask: random and inpainting show nothing, then come periodic, dropout, and the codebooks.
        var roll = (int)(Uniform(stream: 0, 1)[0] * period);
        var dropped = Uniform(stream: 1, Frames).Select((u, t) => (u, t)).Where(x => x.u < dropout).Select(x => x.t);
        var mask = Masks.Full(Codebooks, Frames).And(Masks.Inpaint(Codebooks, Frames, 0, 0))
            .And(Masks.Periodic(Codebooks, Frames, period).Roll(roll));
        mask = mask.HideFrames(dropped).HideCodebooks(codebooks);
        // The app adds the beats, and hides the codebooks again.
        if (beatMilliseconds > 0)
            mask = mask.And(new BeatMask
            {
                After = beatMilliseconds / 1000.0,
            }.Build(Codebooks, Frames, FrameRate.VampNet, Rhythm.Beats)).HideCodebooks(codebooks);

        // Before the first hit the reference shows what its roll pushed off the end.
        for (var c = 0; c < Codebooks; c++)
            Assert.Equal(mask.Hidden.Slice(c * Frames + roll, Frames - roll), preset.Hidden.Slice(c * Frames + roll, Frames - roll));
    }

    private static float[] Uniform(int stream, int count)
    {
        var uniform = new float[count];
        new CounterRandom(Seed).Uniform(RandomPurpose.PromptMask, stream << 8, 0, uniform);
        return uniform;
    }
}
