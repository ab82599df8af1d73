using System.Net;
using System.Net.Sockets;

namespace VampNet.Testing;

/// <summary>A port of this machine where nobody listens.</summary>
public static class FreePort
{
    // Below those that connections take by themselves, so that none of them is there first.
    private const int Lowest = 20_000, Count = 12_000;

    private static int s_next = Environment.ProcessId * 64; // other test processes begin elsewhere

    public static int Find()
    {
        while (true)
        {
            var port = Lowest + (int)((uint)Interlocked.Increment(ref s_next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
