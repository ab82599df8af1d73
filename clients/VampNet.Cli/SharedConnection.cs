namespace VampNet.Cli;

/// <summary>A connection that is opened when it is first needed, and closed at the end.</summary>
internal sealed class SharedConnection(Func<Task<Connection>> open) : IAsyncDisposable
{
    private Connection? _connection;

    public async Task<Connection> GetAsync() => _connection ??= await open();

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }
}
