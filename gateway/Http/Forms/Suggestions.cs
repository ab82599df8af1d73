using VampNet.Core;

namespace VampNet.Gateway.Http.Forms;

/// <summary>What is said of a name that there is not.</summary>
internal static class Suggestions
{
    private const int MostNames = 20, MostCharacters = 50;

    /// <summary>That it is unknown, with the one that it is nearest to, or with all that there are.</summary>
    public static string Unknown(string name, IReadOnlyCollection<string> known)
    {
        var shown = name.Length > MostCharacters ? $"{name.AsSpan(0, MostCharacters)}…" : name;
        var hint = Spelling.Hint(shown, known);
        if (hint.Length == 0)
            hint = $"; expected one of {string.Join(", ", known.Take(MostNames))}{(known.Count > MostNames ? ", …" : "")}";
        return $"\"{shown}\" is unknown here{hint}";
    }
}
