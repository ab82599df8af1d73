using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
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
}

/// <param name="Interval">of y, drawn as a line through the point; null = none</param>
public readonly record struct CurvePoint(double X, double Y, Interval? Interval = null);

/// <summary>A diagram of curves, drawn as SVG by OxyPlot.</summary>
/// <param name="Title">above it</param>
public sealed partial record Chart(string Title, string XAxis, string YAxis, IReadOnlyList<Curve> Curves)
{
    /// <summary>One that every viewer has.</summary>
    internal const string Font = "sans-serif";

    private const double Width = 720, Height = 360;

    /// <summary>Whether x is shown by its logarithm, as steps and bitrates want it.</summary>
    public bool IsLogarithmic { get; init; }

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
            var chart = new SvgExporter
            {
                Width = Width,
                Height = Height,
                UseVerticalTextAlignmentWorkaround = true,
            }.ExportToString(charts[i].Model());
            chart = chart[chart.IndexOf("<svg", StringComparison.Ordinal)..].Trim(); // without the heading of a document
            svg.Append(ClipPath().Replace(chart, "")); // they go by names that other diagrams have too, and cut text off
            svg.Append("\n</g>\n");
        }
        return svg.Append("</svg>\n").ToString();
    }

    private PlotModel Model()
    {
        // Fonts of viewers are wider than OxyPlot takes them for.
        var legend = Curves.Count > 1 ? 3 * Curves.Max(curve => curve.Name.Length) : 0;
        var model = new PlotModel
        {
            Title = Title,
            Background = OxyColors.White,
            DefaultFont = Font,
            Padding = new OxyThickness(16, 8, 8 + legend, 8),
        };
        model.Axes.Add(IsLogarithmic ? new LogarithmicAxis
        {
            Position = AxisPosition.Bottom,
            Title = XAxis,
        } : new LinearAxis { Position = AxisPosition.Bottom, Title = XAxis });
        model.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Left,
            Title = YAxis,
            AxisTitleDistance = 24,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.LightGray,
        });
        if (Curves.Count > 1)
            model.Legends.Add(
                new Legend { LegendPosition = LegendPosition.RightTop, LegendPlacement = LegendPlacement.Outside, LegendLineSpacing = 4 });
        foreach (var curve in Curves)
            AddTo(model, curve);
        return model;
    }

    private static void AddTo(PlotModel model, Curve curve)
    {
        var color = model.DefaultColors[model.Series.Count(series => series.RenderInLegend) % model.DefaultColors.Count];
        var line = new LineSeries
        {
            Title = curve.Name,
            Color = color,
            LineStyle = curve.IsDashed ? LineStyle.Dash : LineStyle.Solid,
            MarkerType = curve.IsMarked ? MarkerType.Circle : MarkerType.None,
        };
        line.Points.AddRange(curve.Points.Select(point => new DataPoint(point.X, point.Y)));
        model.Series.Add(line);
        foreach (var point in curve.Points)
        {
            if (point.Interval is var (low, high))
                model.Series.Add(Line(color, new DataPoint(point.X, low), new DataPoint(point.X, high)));
        }
    }

    /// <summary>A thin line that no legend names.</summary>
    internal static LineSeries Line(OxyColor color, DataPoint from, DataPoint to)
    {
        var line = new LineSeries { Color = color, StrokeThickness = 1, RenderInLegend = false };
        line.Points.AddRange([from, to]);
        return line;
    }

    [GeneratedRegex(" clip-path=\"[^\"]*\"")]
    private static partial Regex ClipPath();
}
