namespace VampNet.Gateway.Http.Wire;

/// <summary>
/// The body of a gRPC call, written as it is read: so an upload waits for whoever takes it, and its limits are those of gRPC.
/// </summary>
internal sealed class RequestFrames(IRequestMessages messages) : Stream
{
    private ReadOnlyMemory<byte> _frame;
    private bool _isOver;

    /// <summary>Why the body came to its end too early; null = it did not.</summary>
    public Exception? Error { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_frame.IsEmpty)
        {
            if (await NextAsync(cancellationToken) is not { } frame)
                return 0;
            _frame = frame;
        }
        var count = Math.Min(buffer.Length, _frame.Length);
        _frame[..count].CopyTo(buffer);
        _frame = _frame[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<byte[]?> NextAsync(CancellationToken cancellationToken)
    {
        // What was broken off in the middle of a form cannot be read on.
        if (_isOver)
            return null;
        try
        {
            if (await messages.NextAsync(cancellationToken) is { } message)
                return GrpcFrame.Of(message);
            _isOver = true;
            return null;
        }
        catch (Exception error)
        {
            (_isOver, Error) = (true, error);
            throw;
        }
    }
}
