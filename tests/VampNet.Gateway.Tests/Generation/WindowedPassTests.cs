using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Gateway.Generation;

namespace VampNet.Gateway.Tests.Generation;

/// <summary>Windows that end when the test says so.</summary>
public class WindowedPassTests
{
    private const int WindowFrames = 20;

    private readonly Dictionary<int, (TokenGrid Seen, TaskCompletionSource<TokenGrid> Result)> _asked = [];

    [Fact]
    public async Task A_window_starts_when_the_one_that_it_goes_on_from_is_done()
    {
        var pass = Start(Masks.Full(1, 50));
        Assert.Equal([0], _asked.Keys);
        Finish(0, 7);
        Assert.Equal([0, 1], _asked.Keys);
        Assert.Equal([7, 7, 7, 7], _asked[1].Seen.Data[..4].ToArray());
        Assert.Equal(TokenGrid.Mask, _asked[1].Seen.Data[4]);
        Assert.Equal(7, (await pass.ReadAsync(0, WindowFrames)).Data[19]);
        Assert.False(pass.ReadAsync(10, WindowFrames).IsCompleted);
    }

    [Fact]
    public async Task Windows_between_visible_music_run_side_by_side_and_results_wait_only_for_their_own()
    {
        var pass = Start(Masks.OfFrames(1, [.. Enumerable.Range(0, 100).Select(t => t % 40 < 10)]));
        Assert.Equal([0, 1, 2], _asked.Keys);
        Finish(2, 9);
        var late = await pass.ReadAsync(75, 20);
        Assert.Equal((5, 9, 5), (late.Data[0], late.Data[5], late.Data[19]));
        Assert.False(pass.ReadAsync(0, 20).IsCompleted);
        Assert.True(pass.ReadAsync(10, 30).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task What_fails_reaches_whoever_waits_for_it()
    {
        var pass = Start(Masks.Full(1, 50));
        _asked[0].Result.SetException(new InvalidDataException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidDataException>(() => pass.ReadAsync(40, 5))).Message);
    }

    [Fact]
    public void Windows_begin_so_far_ahead_of_what_is_asked_for_and_no_further()
    {
        var pass = Start(Masks.OfFrames(1, [.. Enumerable.Range(0, 200).Select(t => t % 40 < 10)]), ahead: 50);
        Assert.Equal([0, 1], _asked.Keys);
        _ = pass.ReadAsync(0, 30);
        Assert.Equal([0, 1], _asked.Keys);
        _ = pass.ReadAsync(30, 1);
        Assert.Equal([0, 1, 2], _asked.Keys);
        _ = pass.ReadAsync(0, 200);
        Assert.Equal([0, 1, 2, 3, 4], _asked.Keys);
    }

    private WindowedPass Start(TokenMask mask, int ahead = 1_000)
    {
        // As in a server: continuations run where a result is set, so that the test needs not wait for them.
        SynchronizationContext.SetSynchronizationContext(null);
        var source = new KnownTokens(new TokenGrid(1, mask.Frames, [.. Enumerable.Repeat((ushort)5, mask.Frames)]));
        return new WindowedPass(source, mask, WindowPlan.Create(mask.HiddenFrames(), WindowFrames), ahead, (index, tokens) =>
        {
            _asked.Add(index, (tokens, new TaskCompletionSource<TokenGrid>()));
            return _asked[index].Result.Task;
        });
    }

    private void Finish(int window, ushort code)
    {
        var seen = _asked[window].Seen;
        _asked[window].Result.SetResult(
            new TokenGrid(1, seen.Frames, [.. seen.Data.ToArray().Select(t => t == TokenGrid.Mask ? code : t)]));
    }
}
