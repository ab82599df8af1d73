using System.Globalization;
using System.Xml.Linq;
using Xunit;

namespace VampNet.Training.Tests.Plots;

/// <summary>What is in a picture.</summary>
internal sealed class Drawn(string svg)
{
    private readonly XElement _root = XDocument.Parse(svg).Root!;

    public IReadOnlyList<string> Texts => [.. Named("text").Select(e => e.Value)];

    public IReadOnlyList<string> Fonts => [.. Named("text").Select(e => e.Attribute("font-family")!.Value)];

    public IReadOnlyList<XAttribute> ClipPaths => [.. _root.Descendants().Attributes("clip-path")];

    public IReadOnlyList<(double Width, double Right)> Bars => [.. Named("rect").Where(e => Style(e).Contains("fill:rgb(70,130,180)"))
        .Select(e => (Number(e, "width"), Number(e, "x") + Number(e, "width")))];

    /// <summary>The first line through several points; none = empty.</summary>
    public IReadOnlyList<(double X, double Y)> Curve() =>
        Named("polyline").Where(e => Style(e).Contains("stroke-width:2")).Select(Points).FirstOrDefault() ?? [];

    /// <summary>Thin lines through two points: intervals.</summary>
    public IReadOnlyList<IReadOnlyList<(double X, double Y)>> Segments(bool vertical) =>
    [
        .. Named("polyline").Where(e => e.Attribute("shape-rendering") is null && Style(e).Contains("stroke-width:1;")).Select(Points)
            .Where(points => points.Count == 2 && (vertical ? points[0].X == points[1].X : points[0].Y == points[1].Y)),
    ];

    /// <summary>That a point is between the axes.</summary>
    public void AssertInside((double X, double Y) point)
    {
        var plot = Named("clipPath").ElementAt(1).Elements().Single(); // the first is the whole picture
        Assert.InRange(point.X, Number(plot, "x") - 0.1, Number(plot, "x") + Number(plot, "width") + 0.1);
        Assert.InRange(point.Y, Number(plot, "y") - 0.1, Number(plot, "y") + Number(plot, "height") + 0.1);
    }

    private IEnumerable<XElement> Named(string name) => _root.Descendants().Where(e => e.Name.LocalName == name);

    private static string Style(XElement element) => element.Attribute("style")?.Value ?? "";

    private static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static IReadOnlyList<(double X, double Y)> Points(XElement line) =>
    [
        .. line.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split(','))
            .Select(pair => (double.Parse(pair[0], CultureInfo.InvariantCulture), double.Parse(pair[1], CultureInfo.InvariantCulture))),
    ];
}
