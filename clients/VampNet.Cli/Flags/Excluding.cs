using System.CommandLine;

namespace VampNet.Cli.Flags;

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
