namespace VampNet.Core.VampFiles;

/// <summary>
/// Masks as flags, codebook by codebook. The first is told by how long it has not changed, every other by the one above:
/// most masks hide the same frames in all the codebooks that they show at all.
/// </summary>
internal static class MaskCode
{
    // A beat or a periodic prompt shows runs of a few frames, always as long.
    private const int LongestRun = 8;

    /// <param name="coder">Writes the flags or reads them.</param>
    /// <param name="hidden">The flags, codebook-major; they are read when encoding and filled when decoding.</param>
    /// <param name="codebooks">The number of codebooks, at least 1.</param>
    /// <param name="frames">The number of frames, at least 0.</param>
    public static void Code(RangeCoder coder, Span<bool> hidden, int codebooks, int frames)
    {
        // All codebooks from some one on are often hidden as a whole.
        var used = coder.Code(UsedCodebooks(hidden, frames), codebooks + 1);
        if (used > 0)
            CodeFirst(coder, hidden[..frames]);
        FlagModel[] contexts = [.. Enumerable.Range(0, 8).Select(_ => new FlagModel())];
        for (var c = 1; c < used; c++)
            CodeNext(coder, contexts, hidden.Slice((c - 1) * frames, frames), hidden.Slice(c * frames, frames));
        hidden[(used * frames)..].Fill(true);
    }

    /// <summary>Codebooks up to the last one that shows anything.</summary>
    private static int UsedCodebooks(ReadOnlySpan<bool> hidden, int frames) =>
        hidden.LastIndexOf(false) is >= 0 and var last ? last / frames + 1 : 0;

    private static void CodeFirst(RangeCoder coder, Span<bool> row)
    {
        FlagModel[] contexts = [.. Enumerable.Range(0, 2 * (LongestRun + 1)).Select(_ => new FlagModel())];
        var (before, run) = (true, LongestRun);
        for (var t = 0; t < row.Length; t++)
        {
            row[t] = contexts[2 * run + (before ? 1 : 0)].Code(coder, row[t]);
            run = row[t] == before ? Math.Min(run + 1, LongestRun) : 0;
            before = row[t];
        }
    }

    private static void CodeNext(RangeCoder coder, FlagModel[] contexts, ReadOnlySpan<bool> above, Span<bool> row)
    {
        for (var t = 0; t < row.Length; t++)
        {
            var (left, corner) = t > 0 ? (row[t - 1], above[t - 1]) : (above[t], above[t]);
            row[t] = contexts[(above[t] ? 1 : 0) + (left ? 2 : 0) + (corner ? 4 : 0)].Code(coder, row[t]);
        }
    }
}
