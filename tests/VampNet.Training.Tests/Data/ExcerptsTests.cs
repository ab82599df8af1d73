using FsCheck;
using FsCheck.Fluent;
using VampNet.Training.Data;
using Xunit;

namespace VampNet.Training.Tests.Data;

public sealed class ExcerptsTests
{
    [Fact]
    public void Every_draw_lies_inside_its_track() => Prop.ForAll(
        ArbMap.Default.ArbFor<PositiveInt[]>().Filter(l => l.Length > 0), ArbMap.Default.ArbFor<PositiveInt>(),
        ArbMap.Default.ArbFor<int>(),
        (lengths, length, seed) =>
        {
            var tracks = lengths.Select(l => (long)l.Get).ToArray();
            var (track, start) = new Excerpts(tracks).Draw(new Random(seed), length.Get);
            return start == 0 || start + length.Get <= tracks[track];
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Long_tracks_are_drawn_more_often()
    {
        var excerpts = new Excerpts([100, 300]);
        var random = new Random(1);
        var second = Enumerable.Range(0, 4000).Count(_ => excerpts.Draw(random, 10).Track == 1);
        Assert.InRange(second, 2850, 3150); // three quarters of 4000, five standard deviations to each side
    }

    [Fact]
    public void Spread_places_are_the_same_every_time_and_reach_all_tracks()
    {
        var excerpts = new Excerpts([1000, 1000, 2000]);
        var places = excerpts.Spread(8, 50).ToArray();
        Assert.Equal(places, excerpts.Spread(8, 50));
        Assert.Equal([0, 0, 1, 1, 2, 2, 2, 2], places.Select(p => p.Track));
    }
}
