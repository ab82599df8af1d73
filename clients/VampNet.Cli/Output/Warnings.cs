using VampNet.Protos.Audio.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Output;

/// <summary>What is allowed, and hardly what was meant: said on the error stream.</summary>
internal static class Warnings
{
    /// <summary>Warns of a damaged source.</summary>
    /// <param name="damage">as the gateway tells it; empty = none</param>
    public static void OfDamage(string damage)
    {
        if (damage.Length > 0)
            Print(damage);
    }

    /// <summary>Warns of prompts that keep nothing, everything, or what is not there.</summary>
    /// <param name="config">effective; its times are those of the track after stretching and repeating</param>
    public static void OfPrompt(VampConfig config, SourceInfo source, MaskFigures figures)
    {
        var seconds = source.Seconds * config.Stretch * config.Repeat;
        foreach (var region in Regions(config.Prompt).Where(region => region.FromSeconds >= seconds))
            Print($"{region.FromSeconds}-{region.ToSeconds} s lies outside the track, which ends at {seconds:0.0##} s");
        if (IsAsked(config.Prompt))
            return;
        if (figures.VisibleTokens == 0)
            Print("the prompt keeps nothing of the track: all of it is generated");
        else if (figures.VisibleTokens == figures.TotalTokens)
            Print("the prompt keeps everything: nothing is generated");
    }

    private static void Print(string warning)
    {
        Facts.Append("warnings", warning);
        Console.Error.WriteLine($"vampnet: warning: {warning}");
    }

    /// <summary>Whether it was said in so many words: everything, or nothing.</summary>
    private static bool IsAsked(Prompt prompt) => prompt.KindCase switch
    {
        Prompt.KindOneofCase.All or Prompt.KindOneofCase.None_ => true,
        Prompt.KindOneofCase.Not => IsAsked(prompt.Not),
        _ => false,
    };

    private static IEnumerable<Region> Regions(Prompt prompt) => prompt.KindCase switch
    {
        Prompt.KindOneofCase.Regions => prompt.Regions.Regions,
        Prompt.KindOneofCase.Not => Regions(prompt.Not),
        Prompt.KindOneofCase.AllOf => prompt.AllOf.Prompts.SelectMany(Regions),
        Prompt.KindOneofCase.AnyOf => prompt.AnyOf.Prompts.SelectMany(Regions),
        _ => [],
    };
}
