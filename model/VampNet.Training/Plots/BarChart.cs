using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace VampNet.Training.Plots;

/// <summary>Where a value would probably lie in another measurement.</summary>
public readonly record struct Interval(double Low, double High);

/// <param name="Interval">drawn as a line across the end of the bar; null = none</param>
public readonly record struct Bar(string Name, double Value, Interval? Interval = null);

/// <summary>A diagram of values that stand side by side, drawn as SVG by OxyPlot.</summary>
/// <param name="Title">above it</param>
public sealed record BarChart(string Title, string Axis, IReadOnlyList<Bar> Bars)
{
    private const double Width = 720, LeastHeight = 240, HeightPerBar = 28;
    private const double LetterWidth = 7.5; // of the widest common font at the size of labels

    /// <summary>One SVG document.</summary>
    public string ToSvg()
    {
        var model = new PlotModel { Title = Title, Background = OxyColors.White, DefaultFont = Chart.Font };
        // Fonts of viewers are wider than OxyPlot takes them for.
        model.PlotMargins = new OxyThickness(24 + LetterWidth * Bars.Max(bar => bar.Name.Length), double.NaN, 24, double.NaN);
        // The first stands at the top.
        model.Axes.Add(new CategoryAxis
        {
            Position = AxisPosition.Left,
            ItemsSource = Bars.Select(bar => bar.Name).ToList(),
            StartPosition = 1,
            EndPosition = 0,
        });
        model.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Bottom,
            Title = Axis,
            Minimum = 0,
            MaximumPadding = 0.05,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.LightGray,
        });
        var series = new BarSeries { FillColor = OxyColors.SteelBlue };
        series.Items.AddRange(Bars.Select(bar => new BarItem(bar.Value)));
        model.Series.Add(series);
        foreach (var (row, bar) in Bars.Index())
        {
            if (bar.Interval is var (low, high))
                model.Series.Add(Chart.Line(OxyColors.Black, new DataPoint(low, row), new DataPoint(high, row)));
        }
        var height = Math.Max(LeastHeight, 96 + HeightPerBar * Bars.Count);
        return new SvgExporter { Width = Width, Height = height, UseVerticalTextAlignmentWorkaround = true }.ExportToString(model);
    }
}
