using System.Globalization;
using System.Text;

namespace VampNet.Load.Reports;

/// <summary>One line of a plot.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Points">At least one, x ascending and at least 0.</param>
public sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A chart of curves, as a group of SVG elements; y is logarithmic where the values span decades.</summary>
/// <param name="Title">The heading.</param>
/// <param name="XLabel">What x is, with its unit.</param>
/// <param name="YLabel">What y is, with its unit.</param>
/// <param name="IsLogarithmic">Whether y is; then all values are above 0.</param>
/// <param name="Left">Where it stands on the page, in pixels.</param>
/// <param name="Curves">One to three; the first plot of a page has the names of all.</param>
public sealed record Plot(string Title, string XLabel, string YLabel, bool IsLogarithmic, double Left, IReadOnlyList<Curve> Curves)
{
    private const double Width = 300, Height = 220, Margin = 60, Top = 40;

    // Told apart by colour-blind readers too (Okabe and Ito).
    private static readonly string[] Colours = ["#D55E00", "#0072B2", "#009E73", "#CC79A7"];

    private static readonly double[] Round = [1, 2, 5, 10];

    private double MaxX => OrOne(Curves.Max(c => c.Points.Max(p => p.X)) * 1.05);

    private (double Low, double High) RangeY
    {
        get
        {
            var values = Curves.SelectMany(c => c.Points.Select(p => p.Y)).ToList();
            return IsLogarithmic
                ? (Math.Pow(10, Math.Floor(Math.Log10(values.Min()))), Math.Pow(10, Math.Floor(Math.Log10(values.Max())) + 1))
                : (0, OrOne(values.Max() * 1.1));
        }
    }

    /// <summary>Plots side by side, with one legend: that of the plot with most curves, of which the others have the first.</summary>
    public static string Page(IReadOnlyList<Plot> plots)
    {
        var names = plots.MaxBy(plot => plot.Curves.Count)!.Curves.Select(curve => curve.Name).ToList();
        var step = Math.Max(150, 40 + (7 * names.Max(name => name.Length)));
        var width = Math.Max(plots[^1].Left + Width + (2 * Margin), Margin + (step * names.Count));
        var text = new StringBuilder().AppendLine(Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{Height + Top + 90}" font-family="sans-serif" font-size="12">"""))
            .AppendLine("""<rect width="100%" height="100%" fill="white"/>""");
        foreach (var plot in plots)
            plot.Draw(text);
        for (var i = 0; i < names.Count; i++)
        {
            var left = Margin + (step * i);
            text.AppendLine(Invariant($"""<rect x="{left}" y="{Height + Top + 62}" width="12" height="12" fill="{Colours[i]}"/>"""))
                .AppendLine(Invariant($"""<text x="{left + 18}" y="{Height + Top + 73}">{names[i]}</text>"""));
        }
        return text.AppendLine("</svg>").ToString();
    }

    private void Draw(StringBuilder text)
    {
        var x0 = Left + Margin;
        text.AppendLine(Invariant($"""<text x="{x0 + Width / 2}" y="20" text-anchor="middle" font-weight="bold">{Title}</text>"""))
            .AppendLine(Invariant($"""<text x="{x0 + Width / 2}" y="{Top + Height + 40}" text-anchor="middle">{XLabel}</text>"""))
            .AppendLine(Invariant($"""<text transform="translate({x0 - 45},{Top + Height / 2}) rotate(-90)" text-anchor="middle">{YLabel}</text>"""))
            .AppendLine(Invariant($"""<path d="M{x0} {Top}V{Top + Height}H{x0 + Width}" fill="none" stroke="black"/>"""));
        foreach (var tick in Ticks(0, MaxX))
            text.AppendLine(Invariant($"""<text x="{X(tick)}" y="{Top + Height + 18}" text-anchor="middle">{tick:0.##}</text>"""));
        foreach (var tick in IsLogarithmic ? Decades() : Ticks(0, RangeY.High))
        {
            text.AppendLine(Invariant($"""<path d="M{x0} {Y(tick)}H{x0 + Width}" stroke="#DDDDDD"/>"""))
                .AppendLine(Invariant($"""<text x="{x0 - 6}" y="{Y(tick) + 4}" text-anchor="end">{tick:0.###}</text>"""));
        }
        for (var i = 0; i < Curves.Count; i++)
        {
            var points = string.Join(' ', Curves[i].Points.Select(p => Invariant($"{X(p.X)},{Y(p.Y)}")));
            text.AppendLine($"""<polyline points="{points}" fill="none" stroke="{Colours[i]}" stroke-width="2"/>""");
            foreach (var (x, y) in Curves[i].Points)
                text.AppendLine(Invariant($"""<circle cx="{X(x)}" cy="{Y(y)}" r="3" fill="{Colours[i]}"/>"""));
        }
    }

    private double X(double value) => Math.Round(Left + Margin + Width * value / MaxX, 1);

    private double Y(double value)
    {
        var (low, high) = RangeY;
        var share = IsLogarithmic ? Math.Log(value / low) / Math.Log(high / low) : value / high;
        return Math.Round(Top + Height * (1 - share), 1);
    }

    private IEnumerable<double> Decades()
    {
        for (var decade = RangeY.Low; decade <= RangeY.High * 1.001; decade *= 10)
        {
            foreach (var tick in Round[..^1].Select(factor => factor * decade).Where(tick => tick <= RangeY.High * 1.001))
                yield return tick;
        }
    }

    /// <summary>About five round numbers.</summary>
    private static IEnumerable<double> Ticks(double from, double to)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10((to - from) / 5)));
        var step = Round.Select(factor => factor * power).First(step => (to - from) / step <= 6);
        for (var tick = from; tick <= to; tick += step)
            yield return tick;
    }

    // An axis on which everything is 0.
    private static double OrOne(double value) => value > 0 ? value : 1;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
