using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace VampNet.Training.Plots;

/// <param name="Margin">half the length of the bar that shows how uncertain the value is; 0 = none</param>
public readonly record struct Bar(string Name, double Value, double Margin = 0);

/// <summary>A diagram of values that stand side by side, drawn as SVG by OxyPlot.</summary>
/// <param name="Title">above it</param>
public sealed record BarChart(string Title, string Axis, IReadOnlyList<Bar> Bars)
{
    private const double Width = 720, Height = 360;

    /// <summary>One SVG document.</summary>
    public string ToSvg()
    {
        var model = new PlotModel { Title = Title, Background = OxyColors.White };
        // The first stands at the top.
        model.Axes.Add(new CategoryAxis { Position = AxisPosition.Left, ItemsSource = Bars.Select(bar => bar.Name).ToList(), StartPosition = 1, EndPosition = 0 });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = Axis, MinimumPadding = 0, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColors.LightGray });
        var series = new ErrorBarSeries { FillColor = OxyColors.SteelBlue };
        series.Items.AddRange(Bars.Select(bar => new ErrorBarItem(bar.Value, bar.Margin)));
        model.Series.Add(series);
        return new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true }.ExportToString(model);
    }
}
