using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Output;

/// <summary>A mask as text: a line a codebook, time to the right.</summary>
internal static class MaskDisplay
{
    private const int Columns = 72;

    // From nothing visible to everything.
    private const string Shades = "·░▒▓█";

    public static void Print(PreviewResponse preview)
    {
        if (Facts.AreJson)
        {
            foreach (var (key, value) in Facts.Of(preview).ToList())
                Facts.AddQuietly(key, value?.DeepClone());
            return;
        }
        Console.WriteLine($"seed    {preview.Config.Seed}");
        Print(preview.Figures);
        for (var c = 0; c < preview.Mask.Codebooks; c++)
            Console.WriteLine($"{c,6}  {Line(preview.Mask, c)}");
    }

    public static void Print(MaskFigures figures)
    {
        if (Facts.AreJson)
        {
            Facts.AddQuietly("figures", Facts.Of(figures));
            return;
        }
        Console.WriteLine(
            $"kept    {(double)figures.VisibleTokens / Math.Max(1, figures.TotalTokens):P1} of {figures.TotalTokens} tokens, in "
                + $"{figures.KeptFrames} of {figures.Frames} frames");
        Console.WriteLine($"bitrate {figures.BitsPerSecond:0} bit/s");
    }

    private static string Line(TokenMask mask, int codebook)
    {
        var frames = (int)mask.Frames;
        var columns = Math.Min(Columns, frames);
        return string.Concat(Enumerable.Range(0, columns).Select(i =>
        {
            var (from, to) = ((int)((long)i * frames / columns), (int)((long)(i + 1) * frames / columns));
            var visible = mask.Data.Span.Slice(codebook * frames + from, to - from).Count((byte)0);
            return Shades[(visible * (Shades.Length - 1) + to - from - 1) / (to - from)];
        }));
    }
}
