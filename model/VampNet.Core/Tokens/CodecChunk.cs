namespace VampNet.Core.Tokens;

/// <summary>
/// Some frames of long audio and the margins that they are computed with, so that they come out as if the whole had
/// been: the margins are wider than what a codec sees. Chunk by chunk, audio of any length takes the memory of one.
/// </summary>
/// <param name="Start">The first frame of the chunk.</param>
/// <param name="Count">The number of frames of the chunk.</param>
/// <param name="From">The first frame that the codec gets.</param>
/// <param name="Length">The number of frames that the codec gets.</param>
public readonly record struct CodecChunk(int Start, int Count, int From, int Length)
{
    /// <summary>Frames of every chunk but the last: 11 s, so that a window of the coarse model is one chunk.</summary>
    public const int Frames = 640;

    /// <summary>
    /// Frames of the first chunk of audio that is heard while it is made: with its margin, fewer than the fine model makes at once.
    /// </summary>
    public const int FirstFrames = 64;

    /// <summary>Frames on either side, where there are any.</summary>
    public const int Margin = 64;

    /// <summary>Most frames that the codec gets.</summary>
    public const int MaxLength = Frames + 2 * Margin;

    /// <summary>Frames of the left margin.</summary>
    public int Skip => Start - From;

    /// <summary>Frames that must be there before the chunk at <paramref name="start"/> can be computed, unless there are no more.</summary>
    public static int Needs(int start) => start + Frames + Margin;

    /// <summary>Number of the chunks of audio of so many frames.</summary>
    public static int CountOf(int frames) => (frames + Frames - 1) / Frames;

    /// <summary>The chunk that starts at a frame.</summary>
    /// <param name="start">The first frame of the chunk, a multiple of <see cref="FirstFrames"/>.</param>
    /// <param name="frames">The frames of the whole; or those so far, if they are what the chunk <see cref="Needs"/>.</param>
    /// <param name="count">The number of frames of the chunk, or more than are left.</param>
    public static CodecChunk At(int start, int frames, int count = Frames)
    {
        var end = Math.Min(frames, start + count);
        var (from, to) = (Math.Max(0, start - Margin), Math.Min(frames, end + Margin));
        return new CodecChunk(start, end - start, from, to - from);
    }

    /// <summary>All chunks of audio of so many frames.</summary>
    public static IEnumerable<CodecChunk> Of(int frames)
    {
        for (var start = 0; start < frames; start += Frames)
            yield return At(start, frames);
    }

    /// <summary>All chunks of audio that is heard while it is made: short ones at first, each twice as long as the one before.</summary>
    public static IEnumerable<CodecChunk> Growing(int frames)
    {
        for (var (start, count) = (0, FirstFrames); start < frames; (start, count) = (start + count, Math.Min(Frames, 2 * count)))
            yield return At(start, frames, count);
    }
}
