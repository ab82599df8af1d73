using System.Globalization;

namespace VampNet.Core.Prompts.Text;

/// <summary>Writes prompts as <see cref="PromptParser"/> reads them; what is as usual is left out.</summary>
internal static class PromptFormatter
{
    public static string Format(Prompt prompt) => prompt switch
    {
        Prompt.None => "none",
        Prompt.All => "all",
        Prompt.Periodic p => $"every {p.Period}{Unless(1, "width", p.Width)}{Unless(0, "offset", p.Offset)}{If(p.Roll, "roll")}",
        Prompt.Inpaint p => $"inpaint prefix={Number(p.PrefixSeconds)} suffix={Number(p.SuffixSeconds)}",
        Prompt.Regions p => "region " + string.Join(' ', p.Stretches.Select(s => $"{Number(s.FromSeconds)}..{Number(s.ToSeconds)}")),
        Prompt.Compression p => $"codebooks {p.Codebooks}",
        Prompt.Bitrate p => $"bitrate {Number(p.BitsPerSecond)}",
        Prompt.Random p => $"random {Number(p.Intensity)}",
        Prompt.Dropout p => $"dropout {Number(p.Probability)}",
        Prompt.Beats p => $"beats{Unless(0, "before", p.BeforeSeconds)} after={Number(p.AfterSeconds)}{Unless(1, "every", p.Every)}"
            + Unless(0, "offset", p.Offset) + If(p.DownbeatsOnly, "downbeats") + If(p.UpbeatsOnly, "upbeats"),
        Prompt.Onsets p => $"onsets {p.Width}",
        Prompt.Preset p => $"preset {p.Name}",
        Prompt.AllOf { Prompts: [var only] } => Format(only),
        Prompt.AnyOf { Prompts: [var only] } => Format(only),
        Prompt.AllOf { Prompts.Count: > 1 } all => string.Join(" & ", all.Prompts.Select(Factor)),
        Prompt.AnyOf { Prompts.Count: > 1 } any =>
            string.Join(" | ", any.Prompts.Select(part => Whole(part) is Prompt.AnyOf ? $"({Format(part)})" : Format(part))),
        Prompt.Inverse not => "!" + Factor(not.Of),
        Prompt.Explicit => throw new NotSupportedException("an explicit mask has no text"),
        _ => throw new ArgumentException($"no text for {prompt}", nameof(prompt)),
    };

    private static string Factor(Prompt prompt) => Whole(prompt) is Prompt.AllOf or Prompt.AnyOf ? $"({Format(prompt)})" : Format(prompt);

    /// <summary>What is left of a combination of one part.</summary>
    private static Prompt Whole(Prompt prompt) => prompt switch
    {
        Prompt.AllOf { Prompts: [var only] } => Whole(only),
        Prompt.AnyOf { Prompts: [var only] } => Whole(only),
        _ => prompt,
    };

    private static string Unless(double usual, string name, double value) => value == usual ? "" : $" {name}={Number(value)}";

    private static string If(bool condition, string name) => condition ? " " + name : "";

    /// <summary>Every digit, and no plus sign, which means something else in an address.</summary>
    private static string Number(double value) =>
        value.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "E", StringComparison.Ordinal);
}
