using System.CommandLine;
using System.Numerics;
using System.Text.RegularExpressions;

namespace VampNet.Cli.Flags;

/// <summary>--device: where models run.</summary>
internal static partial class DeviceOption
{
    public static Option<string> Create(string fallback)
    {
        var option = new Option<string>("--device")
        {
            Description = "cpu, cuda or cuda:N.",
            HelpName = "DEVICE",
            DefaultValueFactory = _ => fallback,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !Known().IsMatch(result.Tokens[0].Value))
                result.AddError($"--device {result.Tokens[0].Value}: expected cpu, cuda or cuda:N");
        });
        return option;
    }

    [GeneratedRegex(@"^(cpu|cuda(:\d{1,3})?)$")]
    private static partial Regex Known();
}

/// <summary>A number above 0.</summary>
internal static class PositiveOption
{
    public static Option<T> Create<T>(string name, string description, T fallback)
        where T : struct, INumber<T>
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() <= T.Zero)
                result.AddError($"{name} must be above 0");
        });
        return option;
    }
}

/// <summary>--run: the folder of a training run.</summary>
internal static class RunOption
{
    public static Option<string> Create() =>
        new("--run")
        {
            Description = "Folder for checkpoints and log; an unfinished run there goes on.",
            HelpName = "FOLDER",
            Required = true
        };
}

/// <summary>Options that would say nothing beside another: refused, so that nobody believes they were heeded.</summary>
internal static class Excluding
{
    public static void Excludes(this Command command, Option option, params Option[] others) => command.Validators.Add(result =>
    {
        if (IsGiven(option) && others.FirstOrDefault(IsGiven) is { } other)
            result.AddError($"{other.Name} does not go with {option.Name}");

        bool IsGiven(Option any) => result.GetResult(any) is { Implicit: false };
    });
}
