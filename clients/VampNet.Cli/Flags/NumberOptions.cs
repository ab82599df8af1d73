using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace VampNet.Cli.Flags;

/// <summary>Options that take numbers: with a point, whatever the language of the system, and no separators between thousands.</summary>
internal static class NumberOptions
{
    private const string Unreadable = "Cannot parse argument";

    /// <summary>Makes every such option of a command and those below it say in words what it expects.</summary>
    public static void Check(Command command)
    {
        foreach (var option in command.Options)
        {
            // Validators that follow read the value, which throws where there is none.
            Action<OptionResult>[] others = [.. option.Validators];
            option.Validators.Clear();
            option.Validators.Add(result =>
            {
                if (IsReadable(result, option))
                    Array.ForEach(others, validate => validate(result));
            });
        }
        foreach (var below in command.Subcommands)
            Check(below);
    }

    /// <summary>The first error that is not in the words of .NET's types.</summary>
    public static string FirstError(ParseResult parsed) =>
        (parsed.Errors.FirstOrDefault(e => !e.Message.StartsWith(Unreadable, StringComparison.Ordinal)) ?? parsed.Errors[0]).Message;

    private static bool IsReadable(OptionResult result, Option option)
    {
        var type = option.ValueType.GetElementType() ?? option.ValueType;
        foreach (var token in result.Tokens)
        {
            if (Expected(Nullable.GetUnderlyingType(type) ?? type, token.Value) is { } expected)
            {
                result.AddError($"{option.Name} {token.Value}: expected {expected}");
                return false;
            }
        }
        return true;
    }

    /// <summary>null = the text is a number of this type, or the type is none of numbers.</summary>
    private static string? Expected(Type type, string text)
    {
        if (type == typeof(int))
            return int.TryParse(text, out _) ? null : $"a whole number up to {int.MaxValue}";
        if (type == typeof(uint))
            return uint.TryParse(text, out _) ? null : $"a whole number from 0 to {uint.MaxValue}";
        if (type == typeof(ulong))
            return ulong.TryParse(text, out _) ? null : $"a whole number from 0 to {ulong.MaxValue}";
        if (type == typeof(float) || type == typeof(double))
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? null : "a number such as 0.5";
        return null;
    }
}
