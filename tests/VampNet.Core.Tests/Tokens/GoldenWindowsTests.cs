using VampNet.Core.Tokens;
using VampNet.Testing;
using Xunit;

namespace VampNet.Core.Tests.Tokens;

/// <summary>How the reference cuts long audio: windows of 3 s (itf_*), tokens (1, 14, frames).</summary>
public class GoldenWindowsTests
{
    private static readonly int Length = FrameRate.VampNet.ToFrames(3);

    [Fact]
    public void Coarse_windows_show_their_edges_and_hide_the_rest_of_the_mask()
    {
        var expected = Grid("itf_coarse_masked");
        var tokens = Grid("itf_z").TakeCodebooks(expected.Codebooks);
        var mask = Mask("itf_mask", expected.Codebooks);
        var windows = SeparateWindows.Cut(SeparateWindows.ShowEdges(mask, Length).Apply(tokens), Length);
        Assert.All(windows.SkipLast(1), w => Assert.Equal(Length, w.Frames));
        Assert.Equal(tokens.Frames % Length, windows[^1].Frames);
        Assert.Equal(expected.Data.ToArray(), TokenGrid.ConcatFrames(windows).SliceFrames(0, tokens.Frames).Data.ToArray());
    }

    [Fact]
    public void Fine_windows_are_padded_and_give_back_the_length()
    {
        var (coarse, fine, fineMasked) = (Grid("itf_coarse_vamp"), Grid("itf_c2f"), Grid("itf_c2f_mask"));
        var conditioning = Grid("itf_coarse_masked").Codebooks;
        var mask = Mask("itf_mask", fine.Codebooks);
        var hidden = mask.Hidden.ToArray();
        hidden.AsSpan(0, conditioning * fine.Frames).Clear();
        var fineMask = new TokenMask(fine.Codebooks, fine.Frames, hidden);

        var windows = SeparateWindows.Cut(SeparateWindows.Pad(fineMask.Apply(coarse), Length, conditioning), Length);
        Assert.All(windows, w => Assert.Equal(Length, w.Frames));
        var padded = windows[^1];
        for (var t = fine.Frames % Length; t < Length; t++)
        {
            for (var c = 0; c < padded.Codebooks; c++)
                Assert.Equal(c < conditioning ? 0 : TokenGrid.Mask, padded[c, t]);
        }
        // What was visible went through the reference untouched, and what it calls masked is what we hid.
        Assert.Equal(fineMask.Apply(fine).Data.ToArray(), fineMasked.Data.ToArray());
        Assert.Equal(fineMasked.Data.ToArray(), TokenGrid.ConcatFrames(windows).SliceFrames(0, fine.Frames).Data.ToArray());
    }

    private static TokenGrid Grid(string name)
    {
        var golden = Goldens.Array(name);
        return new TokenGrid(golden.Shape[1], golden.Shape[2], golden.Codes);
    }

    private static TokenMask Mask(string name, int codebooks)
    {
        var golden = Goldens.Array(name);
        return new TokenMask(codebooks, golden.Shape[2], golden.Flags[..(codebooks * golden.Shape[2])]);
    }
}
