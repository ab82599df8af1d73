using VampNet.Core.Tokens;
using VampNet.Gateway.Sources;

namespace VampNet.Gateway.Tests.Sources;

public class SourceLayoutTests
{
    private static readonly FrameRate Rate = new(1_000, 100);

    [Fact]
    public void A_track_without_extensions_is_its_source()
    {
        var layout = SourceLayout.Create(Rate, 950, 0, 0, 1);
        Assert.Equal((0, 10, 10, 950L), (layout.Before, layout.SourceFrames, layout.Frames, layout.Samples));
        Assert.Equal(0, layout.Invented(2).HiddenCount);
    }

    [Fact]
    public void Music_before_and_after_the_source_is_hidden_and_a_broken_last_frame_with_it()
    {
        var layout = SourceLayout.Create(Rate, 950, 0.25, 0.4, 1);
        Assert.Equal((3, 9, 17, 300L + 950 + 400), (layout.Before, layout.SourceFrames, layout.Frames, layout.Samples));
        var mask = layout.Invented(2);
        Assert.Equal(Enumerable.Range(3, 9), Enumerable.Range(0, 17).Where(t => !mask[0, t] && !mask[1, t]));
        var placed = layout.Place(new TokenGrid(1, 10, [.. Enumerable.Range(1, 10).Select(t => (ushort)t)]));
        Assert.Equal([0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0], placed.Data.ToArray());
    }

    [Fact]
    public void A_whole_last_frame_stays()
    {
        var layout = SourceLayout.Create(Rate, 1_000, 0, 0.1, 1);
        Assert.Equal((10, 11), (layout.SourceFrames, layout.Frames));
    }

    [Fact]
    public void Joins_of_a_loop_are_hidden_and_its_beats_come_round()
    {
        var layout = SourceLayout.Create(Rate, 3 * 1_550, 0, 0, 3);
        var mask = layout.Invented(1);
        Assert.Equal([12, 13, 14, 15, 16, 17, 18, 28, 29, 30, 31, 32, 33, 34], Enumerable.Range(0, layout.Frames).Where(t => mask[0, t]));
        Assert.Equal([0.5, 1.0, 2.05, 2.55, 3.6, 4.1], layout.InTrack([0.5, 1.0]).Select(s => Math.Round(s, 9)));
    }

    /// <summary>Three rounds of 1.55 s, each frame four times.</summary>
    [Fact]
    public void Stretched_tokens_come_in_a_row_and_prompts_are_applied_before()
    {
        var layout = SourceLayout.Create(Rate, 4 * 3 * 1_550, 0, 0, 3, tokenStretch: 4);
        Assert.Equal((186, 47), (layout.Frames, layout.PromptFrames));
        var placed = layout.Place(new TokenGrid(1, 47, [.. Enumerable.Range(0, 47).Select(t => (ushort)t)]));
        Assert.Equal(Enumerable.Range(0, 186).Select(t => (ushort)(t / 4)), placed.Data.ToArray());
        Assert.Equal([0.5, 2.05, 3.6], layout.InTrack([0.5]).Select(s => Math.Round(s, 9)));
        Assert.True(layout.Invented(1)[0, 62]); // a join: 4 * 15.5
    }

    [Fact]
    public void Times_follow_the_source_when_music_comes_before_it() =>
        Assert.Equal([0.8], SourceLayout.Create(Rate, 1_000, 0.25, 0, 1).InTrack([0.5]));
}
