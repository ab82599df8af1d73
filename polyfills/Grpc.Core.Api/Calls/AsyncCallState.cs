namespace Grpc.Core;

/// <summary>What every kind of call shares: headers, status, trailers, end; with a state so that callers need no closures.</summary>
internal readonly struct AsyncCallState(Func<object, Task<Metadata>> headers, Func<object, Status> status, Func<object, Metadata> trailers, Action<object> dispose, object state)
{
    public AsyncCallState(Task<Metadata> headers, Func<Status> status, Func<Metadata> trailers, Action dispose)
        : this(_ => headers, _ => status(), _ => trailers(), _ => dispose(), "")
    {
    }

    public Task<Metadata> ResponseHeadersAsync() => headers(state);

    public Status GetStatus() => status(state);

    public Metadata GetTrailers() => trailers(state);

    public void Dispose() => dispose(state);
}
