namespace VampNet.Gateway.Http.Forms;

/// <summary>What somebody may have meant who wrote a name that there is not.</summary>
internal static class Suggestions
{
    private const int MostChanges = 3, MostNames = 20;

    /// <summary>That a name is unknown, with the one that is nearest to it, or with all that there are.</summary>
    public static string Unknown(string name, IReadOnlyList<string> known)
    {
        var (nearest, changes) = known.Select(other => (other, Changes(name, other))).MinBy(pair => pair.Item2);
        var hint = nearest is not null && changes <= Math.Min(MostChanges, nearest.Length / 2)
            ? $"did you mean \"{nearest}\"?"
            : $"expected one of {string.Join(", ", known.Take(MostNames))}{(known.Count > MostNames ? ", …" : "")}";
        return $"\"{(name.Length > 50 ? $"{name.AsSpan(0, 50)}…" : name)}\" is unknown here; {hint}";
    }

    /// <summary>Fewest characters to put in, take out or replace (Levenshtein's distance).</summary>
    private static int Changes(string from, string to)
    {
        if (Math.Abs(from.Length - to.Length) > MostChanges)
            return int.MaxValue;
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
