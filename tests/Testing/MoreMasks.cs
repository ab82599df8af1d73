using VampNet.Core.Tokens;

namespace VampNet.Testing;

/// <summary>Masks that only tests need.</summary>
public static class MoreMasks
{
    /// <summary>Hides whole frames besides.</summary>
    public static TokenMask HideFrames(this TokenMask mask, IEnumerable<int> frames)
    {
        var hidden = mask.Hidden.ToArray();
        foreach (var frame in frames)
        {
            for (var c = 0; c < mask.Codebooks; c++)
                hidden[c * mask.Frames + frame] = true;
        }
        return new(mask.Codebooks, mask.Frames, hidden);
    }
}
