using System.Text.RegularExpressions;

namespace VampNet.Core;

/// <summary>What models and adapters may be called: in configurations, requests and file names alike.</summary>
public static partial class ModelNames
{
    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule = "names are 1 to 64 letters, digits, dots, dashes and underscores, and start with a letter or digit";

    /// <summary>True where a name keeps to <see cref="Rule"/>.</summary>
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Pattern();
}
