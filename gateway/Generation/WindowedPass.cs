using VampNet.Core.Tokens;

namespace VampNet.Gateway.Generation;

/// <summary>
/// One generator's way through a track, window by window. Windows whose context the prompt shows run side by side, on as
/// many replicas as there are; the others follow each other. Whatever is asked for waits only for the windows that it
/// lies in, so that results go on to the next stage in order, long before the track is done; and windows begin only a little
/// ahead of what is asked for, so that a request that is cancelled has not begun thousands.
/// </summary>
internal sealed class WindowedPass : ITokenSource
{
    private readonly Lock _lock = new();
    private readonly ITokenSource _source;
    private readonly TokenMask _mask;
    private readonly IReadOnlyList<Window> _plan;
    private readonly int _ahead;
    private readonly Func<int, TokenGrid, Task<TokenGrid>> _generate;
    private readonly Task<TokenGrid>[] _results; // of a window: its own frames
    private int _begun; // windows, from the first on

    /// <param name="source">what the prompt shows, and any token where it hides</param>
    /// <param name="mask">what this pass generates, in the codebooks of the source</param>
    /// <param name="ahead">frames beyond what is asked for (at first: from the start) whose windows begin, too</param>
    /// <param name="generate">fills the MASKs of a window in; gets the window's number and what it sees</param>
    public WindowedPass(
        ITokenSource source, TokenMask mask, IReadOnlyList<Window> plan, int ahead, Func<int, TokenGrid, Task<TokenGrid>> generate)
    {
        (_source, _mask, _plan, _ahead, _generate) = (source, mask, plan, ahead, generate);
        _results = new Task<TokenGrid>[plan.Count];
        Begin(0);
    }

    public Task<TokenGrid> ReadAsync(int from, int count)
    {
        Begin(from + count);
        return CollectAsync(from, count);
    }

    private void Begin(int asked)
    {
        lock (_lock)
        {
            for (; _begun < _plan.Count && _plan[_begun].OwnFrom < asked + _ahead; _begun++)
                _results[_begun] = GenerateAsync(_begun);
        }
    }

    /// <summary>Of windows that have begun.</summary>
    private async Task<TokenGrid> CollectAsync(int from, int count)
    {
        var tokens = await _source.ReadAsync(from, count);
        for (var i = 0; i < _plan.Count && _plan[i].OwnFrom < from + count; i++)
        {
            var (first, last) = (Math.Max(from, _plan[i].OwnFrom), Math.Min(from + count, _plan[i].OwnTo));
            if (first < last)
                tokens = tokens.WithFrames(first - from, (await _results[i]).SliceFrames(first - _plan[i].OwnFrom, last - first));
        }
        return tokens;
    }

    private async Task<TokenGrid> GenerateAsync(int index)
    {
        var window = _plan[index];
        var tokens = _mask.SliceFrames(window.Start, window.Length).Apply(await _source.ReadAsync(window.Start, window.Length));
        if (window.NeedsEarlier)
            tokens = tokens.WithFrames(0, await CollectAsync(window.Start, window.Context));
        var result = await _generate(index, tokens);
        return result.SliceFrames(window.Context, window.OwnTo - window.OwnFrom);
    }
}

/// <summary>Tokens of a track, part of which may still be in the making.</summary>
internal interface ITokenSource
{
    /// <summary>All codebooks of the frames [from, from + count), as soon as they are known.</summary>
    Task<TokenGrid> ReadAsync(int from, int count);
}

/// <summary>Tokens that are there.</summary>
internal sealed class KnownTokens(TokenGrid tokens) : ITokenSource
{
    public Task<TokenGrid> ReadAsync(int from, int count) => Task.FromResult(tokens.SliceFrames(from, count));
}

/// <summary>Tokens whose leading codebooks come from elsewhere: what the coarse stage made, for the fine one.</summary>
internal sealed class JoinedTokens(ITokenSource leading, ITokenSource tokens) : ITokenSource
{
    public async Task<TokenGrid> ReadAsync(int from, int count)
    {
        var first = await leading.ReadAsync(from, count);
        return (await tokens.ReadAsync(from, count)).WithLeading(first);
    }
}
