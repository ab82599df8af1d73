namespace VampNet.Core;

/// <summary>What somebody may have meant who misspelled a word.</summary>
public static class Spelling
{
    /// <summary>The word that is closest to a misspelled one: at most a third of its letters differ. null = none is close.</summary>
    /// <param name="word">The word as it was written.</param>
    /// <param name="words">The words that there are; of equally close ones the first counts.</param>
    public static string? Closest(string word, IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(word);
        var (closest, distance) = words.Select(candidate => ((string?)candidate, Distance(word, candidate)))
            .DefaultIfEmpty((null, int.MaxValue)).MinBy(pair => pair.Item2);
        return distance <= Math.Max(1, word.Length / 3) && distance < word.Length ? closest : null;
    }

    /// <summary>As the end of an error message: <c>; did you mean "every"?</c>, or nothing.</summary>
    /// <inheritdoc cref="Closest"/>
    public static string Hint(string word, IEnumerable<string> words) =>
        Closest(word, words) is { } closest ? $"; did you mean \"{closest}\"?" : "";

    /// <summary>Letters to insert, to remove, to change or to swap with their neighbour, whether capital or not.</summary>
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = table[i - 1, j - 1] + (Same(i, j) ? 0 : 1);
                table[i, j] = Math.Min(changed, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                if (i > 1 && j > 1 && Same(i, j - 1) && Same(i - 1, j))
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }
        return table[a.Length, b.Length];

        bool Same(int i, int j) => char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
    }
}
