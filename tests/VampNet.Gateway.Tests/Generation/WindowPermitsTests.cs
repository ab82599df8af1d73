using VampNet.Gateway.Generation;

namespace VampNet.Gateway.Tests.Generation;

public class WindowPermitsTests
{
    [Fact]
    public async Task The_earliest_variation_goes_first_and_the_first_of_a_variation()
    {
        var places = new WindowPermits(own: 1, room: 1);
        await places.TakeAsync(0, CancellationToken.None);
        var order = new List<string>();
        var waiting = new[] { (2, "c"), (1, "a"), (2, "d"), (1, "b") }.Select(w => WaitAsync(w.Item1, w.Item2)).ToList();
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        places.Free(0);
        await Task.WhenAll(waiting);
        Assert.Equal("a b c d", string.Join(' ', order));

        async Task WaitAsync(int variation, string name)
        {
            await places.TakeAsync(variation, CancellationToken.None);
            order.Add(name);
            places.Free(variation);
        }
    }

    [Fact]
    public async Task Who_is_called_off_loses_no_place()
    {
        var places = new WindowPermits(own: 1, room: 2);
        await places.TakeAsync(0, CancellationToken.None);
        await places.TakeAsync(0, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var (gone, next) = (places.TakeAsync(1, cancel.Token), places.TakeAsync(2, CancellationToken.None));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        places.Free(0);
        await next;
        places.Free(2);
        places.Free(0);
        await places.TakeAsync(1, CancellationToken.None);
        await places.TakeAsync(1, CancellationToken.None);
        Assert.False(places.TakeAsync(1, CancellationToken.None).IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => places.TakeAsync(0, cancel.Token));
    }
}
