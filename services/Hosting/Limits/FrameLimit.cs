using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace VampNet.Services.Hosting.Limits;

/// <summary>
/// Ends connections that send frames of HTTP/2 which cost the server work and carry nothing: PING, SETTINGS, PRIORITY, frames of unknown
/// types, CONTINUATION and DATA without content, and WINDOW_UPDATE by a few bytes. Kestrel answers or passes over any number of them.
/// </summary>
internal sealed class FrameLimit(TimeProvider time, ILogger<FrameLimit> logger)
{
    /// <summary>Frames that a connection may send at once. Libraries that measure the network send a few hundred pings a second.</summary>
    public const int Burst = 20_000;

    /// <summary>Frames that it may send from then on.</summary>
    public const int PerSecond = 2_000;

    /// <summary>A middleware of connections, before HTTP.</summary>
    public async Task CountAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var transport = connection.Transport;
        connection.Transport = new CountedTransport(new CountingReader(transport.Input, new Budget(time), End), transport.Output);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }

        void End()
        {
            FrameLog.Flooded(logger, connection.ConnectionId, connection.RemoteEndPoint?.ToString());
            connection.Abort(new ConnectionAbortedException("more control frames of HTTP/2 than a connection may send"));
        }
    }

    private sealed record CountedTransport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>A token bucket.</summary>
    private sealed class Budget(TimeProvider time)
    {
        private double _left = Burst;
        private long _last = time.GetTimestamp();

        public bool Take()
        {
            var now = time.GetTimestamp();
            (_left, _last) = (Math.Min(Burst, _left + PerSecond * time.GetElapsedTime(_last, now).TotalSeconds), now);
            return --_left >= 0;
        }
    }

    /// <summary>What a client sends, unchanged. Unless it begins as HTTP/2 in clear text does, nothing is counted.</summary>
    private sealed class CountingReader(PipeReader input, Budget budget, Action end) : PipeReader
    {
        private const int HeaderBytes = 9, Data = 0, Headers = 1, RstStream = 3, WindowUpdate = 8, Continuation = 9, EndStream = 1;

        // Libraries wait until at least a quarter of 64 KiB is taken.
        private const int SmallestUpdate = 1_024, UpdateBytes = 4;

        private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

        private readonly byte[] _start = new byte[Preface.Length]; // of a frame: bytes may come, and go on to Kestrel, one by one
        private ReadOnlySequence<byte> _buffer; // as it was last given out
        private long _seen; // bytes from its start that are counted
        private int _startBytes;
        private int _payload; // bytes that are left of a frame
        private bool _hasBegun;
        private bool _isOver; // nothing is counted any more

        /// <summary>What has to be known of a frame: its header, and of WINDOW_UPDATE the increment.</summary>
        private int StartBytes =>
            !_hasBegun ? Preface.Length : _startBytes >= HeaderBytes && _start[3] == WindowUpdate ? HeaderBytes + UpdateBytes : HeaderBytes;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            Counted(await input.ReadAsync(cancellationToken));

        public override bool TryRead(out ReadResult result)
        {
            if (!input.TryRead(out result))
                return false;
            Counted(result);
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _seen -= _buffer.Slice(0, consumed).Length;
            _buffer = default;
            input.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => input.CancelPendingRead();

        public override void Complete(Exception? exception = null) => input.Complete(exception);

        private ReadResult Counted(ReadResult result)
        {
            _buffer = result.Buffer;
            foreach (var part in _buffer.Slice(_seen))
            {
                for (var bytes = part.Span; !bytes.IsEmpty && !_isOver;)
                    bytes = bytes[Take(bytes)..];
            }
            _seen = _buffer.Length;
            return result;
        }

        /// <returns>bytes that were counted, at least one</returns>
        private int Take(ReadOnlySpan<byte> bytes)
        {
            if (_payload > 0)
            {
                var skipped = Math.Min(_payload, bytes.Length);
                _payload -= skipped;
                return skipped;
            }
            var taken = Math.Min(StartBytes - _startBytes, bytes.Length);
            bytes[..taken].CopyTo(_start.AsSpan(_startBytes));
            _startBytes += taken;
            if (_startBytes == StartBytes)
                Begin();
            return taken;
        }

        private void Begin()
        {
            if (!_hasBegun)
            {
                (_hasBegun, _isOver) = (true, !_start.AsSpan().SequenceEqual(Preface));
            }
            else
            {
                var length = _start[0] << 16 | _start[1] << 8 | _start[2];
                _payload = Math.Max(0, length - (_startBytes - HeaderBytes));
                if (IsIdle(length) && !budget.Take())
                {
                    _isOver = true;
                    end();
                }
            }
            _startBytes = 0;
        }

        private bool IsIdle(int length) => _start[3] switch
        {
            Data => length == 0 && (_start[4] & EndStream) == 0,
            Continuation => length == 0,
            WindowUpdate => BinaryPrimitives.ReadInt32BigEndian(_start.AsSpan(HeaderBytes)) < SmallestUpdate,
            Headers or RstStream => false, // Kestrel bounds how many streams are opened and reset
            _ => true,
        };
    }
}

internal static partial class FrameLog
{
    [LoggerMessage(1, LogLevel.Information, "Connection {Id} of {Client} ended: too many control frames of HTTP/2")]
    public static partial void Flooded(ILogger logger, string id, string? client);
}
