namespace VampNet.Audio.Tests;

public class SpoolStreamTests
{
    [Fact]
    public void What_is_written_can_be_read_again_and_again()
    {
        using var spool = new SpoolStream();
        spool.Write([1, 2, 3, 4, 5]);
        spool.Position = 1;
        spool.Write([9]);
        Assert.Equal((5, 2), (spool.Length, spool.Position));
        foreach (var _ in new[] { 1, 2 })
        {
            spool.Position = 0;
            var copy = new MemoryStream();
            spool.CopyTo(copy);
            Assert.Equal([1, 9, 3, 4, 5], copy.ToArray());
        }
        var some = new byte[9];
        Assert.Equal(2, spool.ReadAt(3, some));
        Assert.Equal((4, 5, 5L), (some[0], some[1], spool.Position));
    }

    [Fact]
    public void It_takes_no_more_than_its_limit()
    {
        using var spool = new SpoolStream(maxBytes: 4);
        spool.Write([1, 2, 3, 4]);
        var refused = Assert.Throws<InvalidAudioException>(() => spool.Write([5]));
        Assert.Equal(AudioProblem.TooLong, refused.Problem);
        Assert.Equal(4, spool.Length);
    }

    [Fact]
    public void It_is_gone_when_it_is_closed()
    {
        var spool = new SpoolStream();
        spool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => spool.Write([1]));
    }

    [Fact]
    public async Task A_quota_is_asked_before_it_grows_and_gets_back_what_goes()
    {
        var quota = new Quota();
        await Task.Run(() =>
        {
            SpoolStream.Quota = quota;
            using var spool = new SpoolStream();
            spool.Write([1, 2, 3]);
            spool.Position = 0;
            spool.Write([4, 5]);
            Assert.Equal(3, quota.Bytes);
            spool.Position = 8;
            Assert.Throws<TimeoutException>(() => spool.Write([6, 7, 8]));
            Assert.Equal((3, 3), (quota.Bytes, spool.Length));
            spool.SetLength(1);
            Assert.Equal(1, quota.Bytes);
            spool.SetLength(9);
            Assert.Equal(9, quota.Bytes);
            spool.Dispose();
            Assert.Equal(0, quota.Bytes);
        });
        using var other = new SpoolStream(); // not of that flow
        other.Write(new byte[100]);
        Assert.Equal(0, quota.Bytes);
    }

    private sealed class Quota : ISpoolQuota
    {
        public long Bytes { get; private set; }

        public void Take(long bytes) => Bytes = Bytes + bytes <= 10 ? Bytes + bytes : throw new TimeoutException();

        public void Release(long bytes) => Bytes -= bytes;
    }
}
