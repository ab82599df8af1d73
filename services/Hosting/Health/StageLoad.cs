namespace VampNet.Services.Hosting.Health;

/// <summary>
/// What a stage still has to do, in steps: a sampling step of a generation, a chunk that the codec encodes or decodes, a piece of
/// music that is tracked. A stage counts for all its callers together; a gateway counts for each replica what it has asked of it.
/// </summary>
public sealed class StageLoad
{
    private readonly Lock _lock = new();
    private long _steps;
    private int _requests;

    /// <summary>Steps that wait or run.</summary>
    public long PendingSteps => Interlocked.Read(ref _steps);

    /// <summary>Requests that wait or run.</summary>
    public int PendingRequests => Volatile.Read(ref _requests);

    /// <summary>Stands for the weights that the stage serves; null = it serves none yet.</summary>
    public long? Weights
    {
        get
        {
            lock (_lock)
                return field;
        }
        set
        {
            lock (_lock)
                field = value;
        }
    }

    /// <summary>A request has come; disposing what is returned says that it is gone.</summary>
    /// <param name="steps">The steps that the request will take, as far as known; at least 0.</param>
    public RequestLoad Begin(long steps)
    {
        Interlocked.Increment(ref _requests);
        return new RequestLoad(this) { StepsLeft = steps };
    }

    internal void Add(long steps) => Interlocked.Add(ref _steps, steps);

    internal void End() => Interlocked.Decrement(ref _requests);
}

/// <summary>One request's part in the load of its stage.</summary>
public sealed class RequestLoad : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StageLoad _stage;
    private bool _isOver;

    internal RequestLoad(StageLoad stage) => _stage = stage;

    /// <summary>Steps that the request will still take; none once it is gone, whatever a late step says.</summary>
    public long StepsLeft
    {
        get;
        set
        {
            lock (_lock)
            {
                var steps = _isOver ? 0 : value;
                _stage.Add(steps - field);
                field = steps;
            }
        }
    }

    /// <summary>Takes the request out of the load of its stage; a second call does nothing.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            _isOver = true;
            StepsLeft = 0;
        }
        _stage.End();
    }
}
