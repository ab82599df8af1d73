using FsCheck;
using FsCheck.Fluent;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using Xunit;

namespace VampNet.Core.Tests.Tokens;

public class SeparateWindowsTests
{
    [Fact]
    public void Cutting_and_joining_changes_nothing() => Prop.ForAll(
        Gen.Choose(1, 3).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(1, 50).ToArbitrary(), (codebooks, frames, length) =>
        {
            var tokens = new TokenGrid(codebooks, frames, [.. Enumerable.Range(0, codebooks * frames).Select(i => (ushort)(i * 7 % 1025))]);
            var (windows, padded) =
                (SeparateWindows.Cut(tokens, length), SeparateWindows.Cut(SeparateWindows.Pad(tokens, length, 1), length));
            return windows.All(w => w.Frames <= length) && windows.Sum(w => w.Frames) == frames
                && padded.All(w => w.Frames == length) && padded.Count == windows.Count
                && TokenGrid.ConcatFrames(windows).SliceFrames(0, frames).Data.SequenceEqual(tokens.Data)
                && TokenGrid.ConcatFrames(padded).SliceFrames(0, frames).Data.SequenceEqual(tokens.Data);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Edges_are_shown_only_where_a_window_shows_anything()
    {
        var mask = Masks.Full(2, 10).And(Masks.OfFrames(2, [true, true, false, true, true, true, true, true, true, true]));
        var shown = SeparateWindows.ShowEdges(mask, 4);
        Assert.Equal([0, 2, 3], Enumerable.Range(0, 10).Where(t => !shown[1, t]));
    }

    [Fact]
    public void A_window_has_at_least_one_frame() =>
        Assert.Throws<ArgumentOutOfRangeException>("length", () => SeparateWindows.Cut(new TokenGrid(1, 1, [0]), 0));
}
