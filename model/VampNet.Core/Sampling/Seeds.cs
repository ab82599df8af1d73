namespace VampNet.Core.Sampling;

/// <summary>
/// The seeds of a request's parts, all derived from the request's own: the same request gives the same tokens, however its work is
/// shared out. The numbers are part of the contract: a change would change what every seed gives.
/// </summary>
public static class Seeds
{
    /// <summary>Number of the fine pass among the passes of a variation; the first coarse pass is 0, the others follow from 2.</summary>
    private const int Fine = 1;

    /// <summary>Of a variation, from 0: that of the n-th is n more than the request's.</summary>
    public static ulong OfVariation(ulong request, int number) => unchecked(request + (ulong)number);

    /// <summary>Of a coarse pass of a variation, from 0.</summary>
    public static ulong OfCoarsePass(ulong variation, int number) => Derive(variation, number == 0 ? 0 : number + Fine);

    /// <summary>Of the fine pass of a variation.</summary>
    public static ulong OfFinePass(ulong variation) => Derive(variation, Fine);

    /// <summary>
    /// Of a window of a pass, from 0. The first has the pass's own, so that windows which are sent one by one, each with its
    /// seed, become what the whole at once would.
    /// </summary>
    public static ulong OfWindow(ulong pass, int number) => number == 0 ? pass : Derive(pass, number);

    private static ulong Derive(ulong seed, int part) => new CounterRandom(seed).Derive(part);
}
