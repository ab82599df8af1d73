using VampNet.Training.Plots;
using Xunit;

namespace VampNet.Training.Tests.Plots;

public sealed class BarChartTests
{
    [Fact]
    public void Bars_grow_with_their_values_from_zero_and_intervals_are_inside_the_plot()
    {
        var svg = Draw(new Bar("one", 1, new Interval(0.5, 3)), new Bar("two", 2, new Interval(-0.5, 2.2)));
        var widths = svg.Bars.Select(bar => bar.Width).ToArray();
        Assert.Equal(2, widths[1] / widths[0], 1e-2);
        var (unit, intervals) = (widths[0], svg.Segments(vertical: false));
        Assert.Equal((-0.5 * unit, 2 * unit), Around(0), Near); // as lopsided as it is
        Assert.Equal((-2 * unit, 0.2 * unit), Around(1), Near); // no further than to 0
        Assert.All(intervals.SelectMany(i => i), svg.AssertInside);

        (double Below, double Above) Around(int bar) =>
            (intervals[bar].Min(p => p.X) - svg.Bars[bar].Right, intervals[bar].Max(p => p.X) - svg.Bars[bar].Right);
    }

    [Fact]
    public void On_a_logarithmic_axis_equal_factors_are_equal_lengths()
    {
        var svg = Draw(isLogarithmic: true, new Bar("a", 0.1), new Bar("b", 1), new Bar("c", 10, new Interval(8, 13)));
        var ends = svg.Bars.Select(bar => bar.Right).ToArray();
        Assert.Equal(ends[1] - ends[0], ends[2] - ends[1], 0.1);
        Assert.All(svg.Bars, bar => Assert.True(bar.Width >= 0));
        Assert.All(svg.Segments(vertical: false).SelectMany(i => i), svg.AssertInside);
    }

    [Fact]
    public void What_bars_are_compared_with_is_drawn_and_named_and_labels_are_whole()
    {
        var plain = Draw(new Bar("a very long name of a condition", 1));
        Assert.DoesNotContain("codec", plain.Texts);
        var chart = new BarChart("Title", "error", [new Bar("a very long name of a condition", 1) { Mark = 3 }])
        {
            Level = 2,
            LevelName = "codec",
            MarkName = "noise",
        };
        var svg = new Drawn(chart.ToSvg());
        Assert.Equal(["Title", "a very long name of a condition", "codec", "error", "noise"],
            svg.Texts.Where(text => !double.TryParse(text, out _)).Order(StringComparer.Ordinal));
        Assert.All(svg.Fonts, font => Assert.Equal("sans-serif", font));
        Assert.Empty(svg.ClipPaths); // they would cut labels off
    }

    private static Drawn Draw(params Bar[] bars) => Draw(isLogarithmic: false, bars);

    private static Drawn Draw(bool isLogarithmic, params Bar[] bars) =>
        new(new BarChart("t", "a", bars) { IsLogarithmic = isLogarithmic }.ToSvg());

    private static bool Near((double, double) a, (double, double) b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 0.5;
}
