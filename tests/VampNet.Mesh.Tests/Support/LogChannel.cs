using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace VampNet.Mesh.Tests.Support;

/// <summary>The log of a process of the mesh, for tests that wait for what it says.</summary>
internal sealed class LogChannel : ILoggerProvider, ILogger
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>The next line that holds <paramref name="words"/>; those before it are gone.</summary>
    public async Task<string> NextAsync(string words)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync())
        {
            if (line.Contains(words, StringComparison.Ordinal))
                return line;
        }
        throw new InvalidOperationException("the log ended");
    }

    /// <summary>The lines that are there and were not read yet.</summary>
    public IReadOnlyList<string> Rest()
    {
        var lines = new List<string>();
        while (_lines.Reader.TryRead(out var line))
            lines.Add(line);
        return lines;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Writer.TryWrite(exception is null ? formatter(state, exception) : $"{formatter(state, exception)}\n{exception}");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose() => _lines.Writer.TryComplete();
}
