using VampNet.Gateway.Generation;

namespace VampNet.Gateway.Tests.Generation;

public class RankedPlacesTests
{
    [Fact]
    public async Task The_lowest_rank_goes_first_and_the_first_of_a_rank()
    {
        var places = new RankedPlaces(1);
        await places.TakeAsync(9, CancellationToken.None);
        var order = new List<string>();
        var waiting = new[] { (2, "c"), (1, "a"), (2, "d"), (1, "b") }.Select(w => WaitAsync(w.Item1, w.Item2)).ToList();
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        places.Free();
        await Task.WhenAll(waiting);
        Assert.Equal("a b c d", string.Join(' ', order));

        async Task WaitAsync(int rank, string name)
        {
            await places.TakeAsync(rank, CancellationToken.None);
            order.Add(name);
            places.Free();
        }
    }

    [Fact]
    public async Task Who_is_called_off_loses_no_place()
    {
        var places = new RankedPlaces(2);
        await places.TakeAsync(0, CancellationToken.None);
        await places.TakeAsync(0, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var (gone, next) = (places.TakeAsync(0, cancel.Token), places.TakeAsync(1, CancellationToken.None));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        places.Free();
        await next;
        places.Free();
        places.Free();
        Assert.True(places.TakeAsync(0, CancellationToken.None).IsCompleted);
        Assert.True(places.TakeAsync(0, CancellationToken.None).IsCompleted);
        Assert.False(places.TakeAsync(0, CancellationToken.None).IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => places.TakeAsync(0, cancel.Token));
    }
}
