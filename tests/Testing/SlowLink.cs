using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace VampNet.Testing;

/// <summary>A slow line to a server: what is sent over it arrives later, and no faster than the line is wide, in both directions.</summary>
/// <param name="target">the server</param>
/// <param name="latency">one way</param>
/// <param name="bytesPerSecond">each way, of each connection</param>
public sealed class SlowLink(Uri target, TimeSpan latency, double bytesPerSecond) : IAsyncDisposable
{
    private const int ChunkBytes = 4 << 10, Queued = 64; // so much is under way at most

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private Task _accepting = Task.CompletedTask;

    /// <summary>Its near end.</summary>
    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public SlowLink Open()
    {
        _listener.Start();
        _accepting = AcceptAsync();
        return this;
    }

    /// <summary>From now on there is no way to the server.</summary>
    public async Task CutAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
    }

    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ConnectAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ConnectAsync(TcpClient near)
    {
        using (near)
        {
            using var far = new TcpClient { NoDelay = true };
            near.NoDelay = true;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            try
            {
                await far.ConnectAsync(target.Host, target.Port, end.Token);
                await Task.WhenAny(
                    CarryAsync(near.GetStream(), far.GetStream(), end.Token), CarryAsync(far.GetStream(), near.GetStream(), end.Token));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                // The connection is lost on the other side, too.
            }
            await end.CancelAsync();
        }
    }

    private async Task CarryAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var underway = Channel.CreateBounded<(byte[] Data, TimeSpan Due)>(Queued);
        var clock = Stopwatch.StartNew();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync();
        try
        {
            await foreach (var (data, due) in underway.Reader.ReadAllAsync(cancellationToken))
            {
                if (due > clock.Elapsed)
                    await Task.Delay(due - clock.Elapsed, cancellationToken);
                await to.WriteAsync(data, cancellationToken);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // Lost.
        }
        await over.CancelAsync();
        await reading;

        async Task ReadAsync()
        {
            var free = TimeSpan.Zero; // when the line has carried what it was given
            var buffer = new byte[ChunkBytes];
            try
            {
                int read;
                while ((read = await from.ReadAsync(buffer, over.Token)) > 0)
                {
                    free = (free > clock.Elapsed ? free : clock.Elapsed) + TimeSpan.FromSeconds(read / bytesPerSecond);
                    await underway.Writer.WriteAsync((buffer[..read], free + latency), over.Token);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or IOException)
            {
                // Lost.
            }
            underway.Writer.Complete();
        }
    }
}
