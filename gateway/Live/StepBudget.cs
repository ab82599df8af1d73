namespace VampNet.Gateway.Live;

/// <summary>How many sampling steps fit a time, going by what rounds cost lately.</summary>
/// <param name="most">steps that a round takes at most</param>
internal sealed class StepBudget(int most)
{
    // Of the time that is left: the rest is for what nobody foresaw.
    private const double Share = 0.7;

    // Before anything is known.
    private const int First = 4;

    // A round that took longer counts at once, one that took less by this much.
    private const double Relief = 0.3;

    private double? _fixed; // seconds that a frame costs whatever the steps are
    private double? _step; // seconds that a frame costs in each step

    /// <param name="frames">of the loop</param>
    /// <returns>at least one</returns>
    public int Choose(int frames, TimeSpan left) =>
        _step is { } step
            ? (int)Math.Clamp((Share * left.TotalSeconds - frames * _fixed!.Value) / (frames * step), 1, most)
            : Math.Min(First, most);

    /// <summary>A round was made.</summary>
    /// <param name="generating">the part of all that grows with the steps</param>
    public void Add(int frames, int steps, TimeSpan all, TimeSpan generating)
    {
        generating = generating < all ? generating : all;
        _fixed = Smooth(_fixed, (all - generating).TotalSeconds / frames);
        _step = Smooth(_step, Math.Max(double.Epsilon, generating.TotalSeconds / frames / steps));
    }

    /// <summary>A round was not ready in time: it counts as one that took twice as long as it was given.</summary>
    public void Late(int frames, int steps, TimeSpan given)
    {
        _fixed ??= 0;
        _step = Math.Max(_step ?? 0, 2 * given.TotalSeconds / frames / steps);
    }

    private static double Smooth(double? mean, double newest) =>
        mean is { } known && newest < known ? known + Relief * (newest - known) : newest;
}
