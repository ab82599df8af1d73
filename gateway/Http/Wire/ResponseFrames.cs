using Google.Protobuf;

namespace VampNet.Gateway.Http.Wire;

/// <summary>Takes the messages out of the body of a gRPC response; whoever writes waits until each has gone on its way.</summary>
internal sealed class ResponseFrames(MessageParser parser, IAnswer answer) : Stream
{
    private readonly MemoryStream _bytes = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _bytes.Write(buffer.Span);
        while (GrpcFrame.Length(Written()) is { } length && length <= _bytes.Length)
        {
            var message = parser.ParseFrom(Written()[GrpcFrame.HeaderBytes..(int)length]);
            Remove((int)length);
            await answer.AddAsync(message);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private ReadOnlySpan<byte> Written() => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

    private void Remove(int count)
    {
        var rest = Written()[count..].ToArray();
        _bytes.SetLength(0);
        _bytes.Write(rest);
    }
}
