using System.CommandLine;
using System.CommandLine.Parsing;
using VampNet.Cli.Help;
using VampNet.Client;
using VampNet.Core.Prompts.Text;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Cli.Flags;

/// <summary>
/// Prompts: what stays visible of the input. Several are combined; values are checked by the gateway, which names the field.
/// </summary>
internal sealed class PromptFlags
{
    public const string PromptName = "--prompt";

    private readonly Option<Prompt?> _prompt = new(PromptName)
    {
        Description = "Keep what a line of text says, such as '(beats | every 16) & codebooks 2' (docs/prompts.md).",
        HelpName = "TEXT",
        CustomParser = ParseText,
    };
    private readonly Option<string?> _preset = new("--preset")
    {
        Description = "Keep what a preset of the model keeps; a name that it does not have is answered with those that it has.",
        HelpName = "NAME",
    };
    private readonly TimeFlags _time;
    private readonly RhythmFlags _rhythm;
    private readonly TokenFlags _tokens;
    private readonly Option<string> _combine = new("--combine")
    {
        Description = "Keep what all prompts keep, or what any keeps.",
        DefaultValueFactory = _ => "all",
    };
    private readonly Option<double?> _dropout = new("--dropout")
    {
        Description = "Thin out what the prompts keep: hide each frame with this probability.",
        HelpName = "0..1",
    };
    private readonly Option<bool> _invert = new("--invert") { Description = "Keep what the prompts would hide." };

    public PromptFlags(Command command)
    {
        _combine.AcceptOnlyFromAmong("all", "any");
        command.AddOptions("What stays", _prompt, _preset);
        (_time, _rhythm, _tokens) = (new(command), new(command), new(command));
        command.AddOptions("What stays: of all these together", _combine, _dropout, _invert);
    }

    /// <summary>What the options say; where they name no prompt, every 7th frame.</summary>
    /// <exception cref="BadInputException">a mask file cannot be used</exception>
    public Prompt Read(ParseResult parsed)
    {
        List<Prompt> prompts = [.. Named(parsed), .. _time.Read(parsed), .. _rhythm.Read(parsed), .. _tokens.Read(parsed)];
        if (prompts.Count == 0)
            prompts.Add(_time.Default(parsed));
        var prompt = prompts.Count == 1 ? prompts[0] : Combine(prompts, parsed.GetValue(_combine)!);
        if (parsed.GetValue(_dropout) is { } probability)
            prompt = Combine([prompt, new Prompt { Dropout = new DropoutPrompt { Probability = probability } }], "all");
        return parsed.GetValue(_invert) ? new Prompt { Not = prompt } : prompt;
    }

    private IEnumerable<Prompt> Named(ParseResult parsed)
    {
        if (parsed.GetValue(_prompt) is { } prompt)
            yield return prompt;
        if (parsed.GetValue(_preset) is { } preset)
            yield return new Prompt { Preset = preset };
    }

    private static Prompt? ParseText(ArgumentResult result)
    {
        try
        {
            return PromptText.Parse(result.Tokens[0].Value).ToProto();
        }
        catch (PromptTextException error)
        {
            result.AddError($"{PromptName}: {error.Message}");
            return null;
        }
    }

    private static Prompt Combine(List<Prompt> prompts, string how)
    {
        var list = new PromptList { Prompts = { prompts } };
        return how == "all" ? new Prompt { AllOf = list } : new Prompt { AnyOf = list };
    }
}
