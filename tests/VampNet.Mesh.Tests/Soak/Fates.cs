using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;

namespace VampNet.Mesh.Tests.Soak;

/// <summary>What becomes of a call.</summary>
internal enum Fate
{
    /// <summary>Its client waits for the end.</summary>
    Finish,

    /// <summary>Its client cancels it at some moment.</summary>
    Cancel,

    /// <summary>It has little time.</summary>
    Deadline,

    /// <summary>Its client dies at some moment: the connection breaks off, with a reset or without a word.</summary>
    Die,
}

/// <summary>How a call ended. It holds nothing of the request: thousands of them would look like a leak.</summary>
/// <param name="Name">of the request</param>
/// <param name="IsBad">that the request broke its contract</param>
/// <param name="IsSlow">that its client sent very little</param>
/// <param name="IsRouted">that one replica alone had it: where that is lost, its client asks again</param>
/// <param name="Answer">digest of the answer; empty where there is none</param>
/// <param name="Refused">by the mesh at its door, as the deadline could not be met</param>
internal sealed record Outcome(
    string Name, bool IsBad, bool IsSlow, bool IsRouted, Fate Fate, StatusCode Status, string Answer, string Detail, bool Refused)
{
    /// <summary>Whether a call of this fate may end like this.</summary>
    /// <param name="replicasAreLost">meanwhile</param>
    public bool IsExpected(bool replicasAreLost) => Status switch
    {
        StatusCode.OK => !IsBad,
        StatusCode.ResourceExhausted => true,
        StatusCode.InvalidArgument or StatusCode.NotFound => IsBad,
        StatusCode.Aborted => IsSlow,
        StatusCode.Cancelled => Fate is Fate.Cancel or Fate.Die,
        StatusCode.DeadlineExceeded => Fate == Fate.Deadline,
        StatusCode.Unavailable when IsRouted && replicasAreLost => true,
        // What the client makes of its own death.
        StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown => Fate == Fate.Die,
        _ => false,
    };
}

internal static class Fates
{
    // Nobody meets it: it is there for a mesh that hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <param name="client">of those who live on</param>
    public static async Task<Outcome> MeetAsync(this SoakRequest request, Fate fate, TimeSpan moment, VampNetClient client, Uri gateway)
    {
        using var now = new CancellationTokenSource(fate is Fate.Cancel or Fate.Die ? moment : Timeout.InfiniteTimeSpan);
        var options = new CallOptions(deadline: DateTime.UtcNow + (fate == Fate.Deadline ? moment : Patience));
        if (fate != Fate.Die)
            return await EndAsync(request, fate, client, options.WithCancellationToken(fate == Fate.Cancel ? now.Token : default));
        using var mortal = new Mortal(gateway, abruptly: moment.Ticks % 2 == 0);
        using var death = now.Token.Register(mortal.Die);
        return await EndAsync(request, fate, mortal.Client, options);
    }

    private static async Task<Outcome> EndAsync(SoakRequest request, Fate fate, VampNetClient client, CallOptions options)
    {
        Outcome Of(StatusCode status, string answer = "", string detail = "", bool refused = false) =>
            new(request.Name, request.IsBad, request.IsSlow, request.IsRouted, fate, status, answer, detail, refused);
        try
        {
            return Of(StatusCode.OK, await request.Run(client, options));
        }
        catch (RpcException error)
        {
            return Of(
                fate == Fate.Deadline ? error.AtDeadline() : error.StatusCode, detail: error.Status.Detail,
                refused: error.Detail<Google.Rpc.ErrorInfo>()?.Reason == "DEADLINE_TOO_SHORT");
        }
        catch (OperationCanceledException) when (fate == Fate.Cancel)
        {
            return Of(StatusCode.Cancelled);
        }
    }

    /// <summary>A client with a connection of its own that can be torn off.</summary>
    private sealed class Mortal : IDisposable
    {
        private readonly List<Socket> _sockets = [];
        private readonly bool _abruptly;
        private bool _isDead;

        /// <param name="abruptly">with a reset, as the kernel does for a process that leaves data unread</param>
        public Mortal(Uri gateway, bool abruptly)
        {
            _abruptly = abruptly;
            var handler = new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancellation) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                    lock (_sockets)
                        _sockets.Add(socket);
                    if (_isDead)
                        Die();
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
            Client = new VampNetClient(
                GrpcChannel.ForAddress(gateway, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true }));
        }

        public VampNetClient Client { get; }

        public void Die()
        {
            lock (_sockets)
            {
                _isDead = true;
                foreach (var socket in _sockets)
                    socket.Close(_abruptly ? 0 : -1);
            }
        }

        public void Dispose() => Client.Dispose();
    }
}
