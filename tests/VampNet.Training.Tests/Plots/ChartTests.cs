using System.Xml.Linq;
using VampNet.Training.Plots;
using Xunit;

namespace VampNet.Training.Tests.Plots;

public sealed class ChartTests
{
    [Fact]
    public void The_drawing_is_svg_with_titles_and_lines()
    {
        var chart = new Chart(
            "a < b", "steps", "nats",
            [new("one", [new(1, 2, new Interval(1.5, 3)), new(10, 1, new Interval(0.8, 1.1))]) { IsMarked = true },
            new("two", [new(1, 3), new(10, 3)]) { IsDashed = true }])
        { IsLogarithmic = true };
        var svg = XDocument.Parse(Chart.Join([chart, chart]));
        var texts = svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        Assert.Equal(2, texts.Count(t => t == "a < b"));
        Assert.Equal([2, 2, 2], new[] { "one", "two", "nats" }.Select(name => texts.Count(t => t == name)));
        Assert.True(svg.Descendants().Count(e => e.Name.LocalName is "polyline" or "path" or "line") > 4);
        Assert.Equal(2 * 360, (int)svg.Root!.Attribute("height")!);
        Assert.Empty(svg.Descendants().Attributes("clip-path")); // one diagram would be cut off where another ends
    }

    [Fact]
    public void On_a_logarithmic_axis_intervals_are_as_lopsided_as_they_are_and_inside_the_plot()
    {
        var curve = new Curve("one", [new(1, 1, new Interval(0.1, 2)), new(10, 10, new Interval(-1, 20))]) { IsMarked = true };
        var svg = new Drawn(new Chart("t", "steps", "distance", [curve]) { IsLogarithmic = true, HasLogarithmicValues = true }.ToSvg());
        var (intervals, points) = (svg.Segments(vertical: true), svg.Curve());
        Assert.Equal(2, intervals.Count);
        var decade = points[0].Y - points[1].Y; // upwards
        Assert.Equal(decade, intervals[0].Max(p => p.Y) - points[0].Y, 0.1); // from 1 down to 0.1
        Assert.Equal(decade * Math.Log10(2), points[0].Y - intervals[0].Min(p => p.Y), 0.1);
        Assert.All(intervals.SelectMany(i => i), svg.AssertInside);
        Assert.Equal(intervals[0].Max(p => p.Y), intervals[1].Max(p => p.Y), 0.1); // what goes below 0 ends where the axis begins
    }

    [Fact]
    public void Points_that_stand_alone_have_no_line_between_them()
    {
        var points = new Curve("one", [new(1, 1), new(2, 5), new(3, 2)]) { IsMarked = true };
        Assert.Equal(3, Draw(points).Curve().Count);
        Assert.Empty(Draw(points with { HasNoLine = true }).Curve());

        static Drawn Draw(Curve curve) => new(new Chart("t", "x", "y", [curve]).ToSvg());
    }
}
