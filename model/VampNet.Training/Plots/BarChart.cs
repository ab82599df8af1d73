using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace VampNet.Training.Plots;

/// <summary>Where a value would probably lie in another measurement.</summary>
public readonly record struct Interval(double Low, double High);

/// <param name="Interval">drawn as a line across the end of the bar; null = none</param>
public readonly record struct Bar(string Name, double Value, Interval? Interval = null)
{
    /// <summary>What this bar is compared with; null = nothing.</summary>
    public double? Mark { get; init; }
}

/// <summary>A diagram of values that stand side by side, drawn as SVG by OxyPlot.</summary>
/// <param name="Title">above it</param>
public sealed record BarChart(string Title, string Axis, IReadOnlyList<Bar> Bars)
{
    private const double Width = 720, LeastHeight = 240, HeightPerBar = 28, Frame = 128;
    private const double LetterWidth = 7.5; // of the widest common font at the size of labels

    /// <summary>Whether values are shown by their logarithms, as distances want it; then all of them are above 0.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>What all bars are compared with, a line; null = nothing.</summary>
    public double? Level { get; init; }

    /// <summary>What the line is, in the legend.</summary>
    public string LevelName { get; init; } = "";

    /// <summary>What the bars' marks are, in the legend.</summary>
    public string MarkName { get; init; } = "";

    /// <summary>One SVG document.</summary>
    public string ToSvg()
    {
        var model = Drawing.Empty(Title);
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
        var values = Drawing.ValueAxis(
            AxisPosition.Bottom, Axis, IsLogarithmic, Bars.SelectMany(b => Drawing.Ends(b.Value, b.Interval)).Concat(Comparisons()));
        if (!IsLogarithmic)
            values.Minimum = 0; // where bars begin
        values.AxisTitleDistance = 12; // as wide as fonts are
        model.Axes.Add(values);
        var series = new BarSeries { FillColor = OxyColors.SteelBlue, BaseValue = values.Minimum };
        series.Items.AddRange(Bars.Select(bar => new BarItem(bar.Value)));
        model.Series.Add(series);
        foreach (var (row, bar) in Bars.Index())
        {
            if (bar.Interval is not var (low, high))
                continue;
            var from = Math.Max(values.Minimum, low);
            model.Series.Add(Drawing.Line(OxyColors.Black, new DataPoint(from, row), new DataPoint(high, row)));
        }
        AddComparisons(model);
        return Drawing.ToSvg(model, Width, Math.Max(LeastHeight, Frame + HeightPerBar * Bars.Count));
    }

    private IEnumerable<double> Comparisons() => Bars.Select(bar => bar.Mark).Append(Level).OfType<double>();

    private void AddComparisons(PlotModel model)
    {
        if (Comparisons().Any())
            model.Legends.Add(new Legend
            {
                LegendPosition = LegendPosition.BottomCenter,
                LegendPlacement = LegendPlacement.Outside,
                LegendOrientation = LegendOrientation.Horizontal,
                LegendItemSpacing = 48,
            });
        if (Level is { } level)
        {
            var line = new LineSeries { Title = LevelName, Color = OxyColors.DarkOrange, LineStyle = LineStyle.Dash };
            line.Points.AddRange([new DataPoint(level, -0.5), new DataPoint(level, Bars.Count - 0.5)]);
            model.Series.Add(line);
        }
        if (Bars.All(bar => bar.Mark is null))
            return;
        var marks = new ScatterSeries { Title = MarkName, MarkerType = MarkerType.Diamond, MarkerFill = OxyColors.Crimson, MarkerSize = 5 };
        marks.Points.AddRange(Bars.Index().Where(b => b.Item.Mark is not null).Select(b => new ScatterPoint(b.Item.Mark!.Value, b.Index)));
        model.Series.Add(marks);
    }
}
