using System.Globalization;
using System.Text;
using VampNet.Core.Tokens;
using TokenMask = VampNet.Protos.Tokens.V1.TokenMask;

namespace VampNet.Cli.Output;

/// <summary>A mask as an SVG picture: a row a codebook, the coarsest on top, time to the right, what stays filled.</summary>
internal static class MaskPicture
{
    private const int Width = 720, RowHeight = 10, Left = 32, Bottom = 20, Top = 4; // in pixels
    private const int Ticks = 6;

    /// <summary>One SVG document.</summary>
    public static string Svg(TokenMask mask)
    {
        var (codebooks, frames) = ((int)mask.Codebooks, (int)mask.Frames);
        var (height, scale) = (codebooks * RowHeight, (double)(Width - Left) / frames);
        var svg = new StringBuilder();
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Top + height + Bottom}\" font-family=\"sans-serif\">");
        Line($"<rect x=\"{Left}\" y=\"{Top}\" width=\"{Width - Left}\" height=\"{height}\" fill=\"#e8e8ee\"/>");
        // Codebooks that show the same frames are one thick line.
        for (var (first, next) = (0, 0); first < codebooks; first = next)
        {
            while (next < codebooks && Row(next).SequenceEqual(Row(first)))
                next++;
            var (y, thickness) = (Top + (first + next) * RowHeight / 2.0, (next - first) * RowHeight);
            Line($"<path stroke=\"#3b6ea8\" stroke-width=\"{thickness}\" d=\"{Runs(Row(first), y)}\"/>");
        }
        var borders = Enumerable.Range(1, codebooks - 1).Select(row => $"M{Left} {Top + row * RowHeight}H{Width}");
        Line($"<path stroke=\"#e8e8ee\" d=\"{string.Concat(borders)}\"/>");
        foreach (var codebook in new[] { 0, codebooks - 1 }.Distinct())
            Text(Left - 4, Top + codebook * RowHeight + 9, "end", $"{codebook + 1}");
        var seconds = FrameRate.VampNet.ToSeconds(frames);
        for (var tick = 0; tick < Ticks; tick++)
        {
            var at = seconds * tick / Ticks;
            var x = Left + (Width - Left) * (double)tick / Ticks;
            Text(x, Top + height + 14, "start", $"{at:0.0} s");
        }
        Line($"</svg>");
        return svg.ToString();

        ReadOnlySpan<byte> Row(int codebook) => mask.Data.Span.Slice(codebook * frames, frames);

        string Runs(ReadOnlySpan<byte> hidden, double y)
        {
            var runs = new StringBuilder();
            for (var from = 0; from < frames; from++)
            {
                var to = from;
                while (to < frames && hidden[to] == 0)
                    to++;
                if (to > from)
                    runs.Append(CultureInfo.InvariantCulture, $"M{Left + from * scale:0.#} {y}h{(to - from) * scale:0.#}");
                from = to;
            }
            return runs.ToString();
        }

        void Text(double x, int y, string anchor, FormattableString text) =>
            Line($"<text x=\"{x:0.#}\" y=\"{y}\" font-size=\"10\" text-anchor=\"{anchor}\">{FormattableString.Invariant(text)}</text>");

        void Line(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
