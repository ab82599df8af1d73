using System.Text.RegularExpressions;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace VampNet.Training.Plots;

/// <summary>What all diagrams have in common.</summary>
internal static partial class Drawing
{
    private const string Font = "sans-serif"; // one that every viewer has
    private const double Room = 0.05; // beyond the furthest values, of what lies between them

    public static PlotModel Empty(string title) => new() { Title = title, Background = OxyColors.White, DefaultFont = Font };

    /// <summary>An axis on which all of these values lie, and no number below 0 unless one of them is. A logarithmic one begins with
    /// the power of ten below them.</summary>
    public static Axis ValueAxis(AxisPosition position, string title, bool isLogarithmic, IEnumerable<double> values)
    {
        var all = values.Where(value => double.IsFinite(value) && (value > 0 || !isLogarithmic)).DefaultIfEmpty(1).ToList();
        var (low, high) = (all.Min(), all.Max());
        var room = high > low ? Room * (high - low) : Room * Math.Max(1, Math.Abs(high)); // a single value lies in the middle
        Axis axis = isLogarithmic
            ? new LogarithmicAxis { Minimum = PowerBelow(low), Maximum = high * (1 + 2 * Room) }
            : new LinearAxis { Minimum = low >= 0 ? Math.Max(0, low - room) : low - room, Maximum = high + room };
        (axis.Position, axis.Title) = (position, title);
        (axis.MajorGridlineStyle, axis.MajorGridlineColor) = (LineStyle.Solid, OxyColors.LightGray);
        return axis;
    }

    /// <summary>Where a value and the interval around it begin and end.</summary>
    public static double[] Ends(double value, Interval? interval) => interval is var (low, high) ? [value, low, high] : [value];

    /// <summary>A thin line that no legend names.</summary>
    public static LineSeries Line(OxyColor color, DataPoint from, DataPoint to)
    {
        var line = new LineSeries { Color = color, StrokeThickness = 1, RenderInLegend = false };
        line.Points.AddRange([from, to]);
        return line;
    }

    /// <summary>The element <c>svg</c>, without the heading of a document.</summary>
    public static string ToSvg(PlotModel model, double width, double height)
    {
        var svg = new SvgExporter { Width = width, Height = height, UseVerticalTextAlignmentWorkaround = true }.ExportToString(model);
        // Clip paths go by names that other diagrams on the page have too, and cut text off.
        return ClipPath().Replace(svg[svg.IndexOf("<svg", StringComparison.Ordinal)..].Trim(), "");
    }

    private static double PowerBelow(double value) => Math.Pow(10, Math.Floor(Math.Log10(value)));

    [GeneratedRegex(" clip-path=\"[^\"]*\"")]
    private static partial Regex ClipPath();
}
