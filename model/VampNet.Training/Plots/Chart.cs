using System.Globalization;
using System.Text;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace VampNet.Training.Plots;

/// <summary>Points that belong together, joined by a line.</summary>
/// <param name="Name">in the legend</param>
public sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>For what the others are compared with.</summary>
    public bool IsDashed { get; init; }

    /// <summary>Whether each point is marked: for few points.</summary>
    public bool IsMarked { get; init; }

    /// <summary>Whether the points stand alone.</summary>
    public bool HasNoLine { get; init; }
}

/// <param name="Interval">of y, drawn as a line through the point; null = none</param>
public readonly record struct CurvePoint(double X, double Y, Interval? Interval = null);

/// <summary>A diagram of curves, drawn as SVG by OxyPlot.</summary>
/// <param name="Title">above it</param>
public sealed record Chart(string Title, string XAxis, string YAxis, IReadOnlyList<Curve> Curves)
{
    private const double Width = 720, Height = 360;

    /// <summary>Whether x is shown by its logarithm, as steps and bitrates want it.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Whether y is, as distances want it; then all of them are above 0.</summary>
    public bool HasLogarithmicValues { get; init; }

    /// <summary>One SVG document.</summary>
    public string ToSvg() => Join([this]);

    /// <summary>One SVG document of several diagrams, one below the other.</summary>
    public static string Join(IReadOnlyList<Chart> charts)
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height * charts.Count}\">\n");
        for (var i = 0; i < charts.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate(0 {Height * i})\">\n");
            svg.Append(Drawing.ToSvg(charts[i].Model(), Width, Height));
            svg.Append("\n</g>\n");
        }
        return svg.Append("</svg>\n").ToString();
    }

    private PlotModel Model()
    {
        var model = Drawing.Empty(Title);
        // Fonts of viewers are wider than OxyPlot takes them for.
        var legend = Curves.Count > 1 ? 3 * Curves.Max(curve => curve.Name.Length) : 0;
        model.Padding = new OxyThickness(16, 8, 8 + legend, 8);
        Axis bottom = IsLogarithmic ? new LogarithmicAxis { MinimumPadding = 0.02, MaximumPadding = 0.02 } : new LinearAxis();
        (bottom.Position, bottom.Title, bottom.AxisTitleDistance) = (AxisPosition.Bottom, XAxis, 8);
        model.Axes.Add(bottom);
        var ends = Curves.SelectMany(curve => curve.Points).SelectMany(point => Drawing.Ends(point.Y, point.Interval));
        var values = Drawing.ValueAxis(AxisPosition.Left, YAxis, HasLogarithmicValues, ends);
        values.AxisTitleDistance = 24;
        model.Axes.Add(values);
        if (Curves.Count > 1)
            model.Legends.Add(
                new Legend { LegendPosition = LegendPosition.RightTop, LegendPlacement = LegendPlacement.Outside, LegendLineSpacing = 4 });
        foreach (var curve in Curves)
            AddTo(model, curve, values.Minimum);
        return model;
    }

    /// <param name="lowest">value on the axis</param>
    private static void AddTo(PlotModel model, Curve curve, double lowest)
    {
        var color = model.DefaultColors[model.Series.Count(series => series.RenderInLegend) % model.DefaultColors.Count];
        var line = new LineSeries
        {
            Title = curve.Name,
            Color = color,
            LineStyle = curve.HasNoLine ? LineStyle.None : curve.IsDashed ? LineStyle.Dash : LineStyle.Solid,
            MarkerType = curve.IsMarked ? MarkerType.Circle : MarkerType.None,
            MarkerFill = color,
        };
        line.Points.AddRange(curve.Points.Select(point => new DataPoint(point.X, point.Y)));
        model.Series.Add(line);
        foreach (var point in curve.Points)
        {
            if (point.Interval is var (low, high))
                model.Series.Add(Drawing.Line(color, new DataPoint(point.X, Math.Max(lowest, low)), new DataPoint(point.X, high)));
        }
    }
}
