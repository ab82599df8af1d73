using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts;

/// <summary>Shows what surrounds the beats, or with <see cref="Invert"/> off, hides it. The defaults are the reference's.</summary>
public sealed record BeatMask
{
    /// <summary>Seconds before each beat.</summary>
    public double Before { get; init; }

    /// <summary>Seconds after each beat.</summary>
    public double After { get; init; } = 0.02;

    /// <summary>Use the beats that start a bar.</summary>
    public bool Downbeats { get; init; } = true;

    /// <summary>Use the other beats.</summary>
    public bool Upbeats { get; init; } = true;

    /// <summary>Only every n-th downbeat, the first included.</summary>
    public int DownbeatEvery { get; init; } = 1;

    /// <summary>Only every n-th of the other beats, the first included.</summary>
    public int UpbeatEvery { get; init; } = 1;

    /// <summary>True: the beats are shown and all else hidden.</summary>
    public bool Invert { get; init; } = true;

    /// <summary>Each frame at a beat is left out with this probability.</summary>
    public double Dropout { get; init; }

    /// <summary>The mask for these beats, (codebooks, frames), true = hidden.</summary>
    /// <param name="codebooks">The number of codebooks, at least 1.</param>
    /// <param name="frames">The number of frames, at least 0.</param>
    /// <param name="rate">The frame rate of the codec; it turns seconds into frames.</param>
    /// <param name="beats">The beats that there are; those in <see cref="BeatTrack.DownbeatTimes"/> start a bar.</param>
    /// <param name="uniform">Numbers in (0, 1), one a frame, for <see cref="Dropout"/>; may be empty where that is 0.</param>
    public TokenMask Build(int codebooks, int frames, FrameRate rate, BeatTrack beats, ReadOnlySpan<float> uniform = default)
    {
        var downbeats = beats.DownbeatTimes.Select(rate.ToFrames).ToArray();
        var upbeats = beats.BeatTimes.Select(rate.ToFrames).Where(f => !downbeats.Contains(f)).ToArray();
        var hidden = new bool[frames];
        Array.Fill(hidden, true);
        if (Upbeats)
            ShowAround(upbeats, UpbeatEvery);
        if (Downbeats)
            ShowAround(downbeats, DownbeatEvery);
        for (var t = 0; Dropout > 0 && t < frames; t++)
            hidden[t] |= uniform[t] < Dropout;
        var mask = Masks.OfFrames(codebooks, hidden);
        return Invert ? mask : mask.Not();

        void ShowAround(int[] beatFrames, int every)
        {
            for (var i = 0; i < beatFrames.Length; i += every)
                Masks.Show(hidden, (long)beatFrames[i] - rate.ToFrames(Before), (long)beatFrames[i] + rate.ToFrames(After));
        }
    }
}
