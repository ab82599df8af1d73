using VampNet.Gateway.Generation;

namespace VampNet.Gateway.Tests.Generation;

public class WindowPermitsTests
{
    [Fact]
    public async Task The_earliest_variation_goes_first_and_the_first_of_a_variation()
    {
        var permits = new WindowPermits(own: 1, room: 1);
        await permits.TakeAsync(0);
        var order = new List<string>();
        var waiting = new[] { (2, "c"), (1, "a"), (2, "d"), (1, "b") }.Select(w => WaitAsync(w.Item1, w.Item2)).ToList();
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        permits.Free(0);
        await Task.WhenAll(waiting);
        Assert.Equal("a b c d", string.Join(' ', order));

        async Task WaitAsync(int variation, string name)
        {
            await permits.TakeAsync(variation);
            order.Add(name);
            permits.Free(variation);
        }
    }
}
