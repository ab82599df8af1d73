using Google.Protobuf;
using Grpc.Core;
using VampNet.Audio;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Streams;

/// <summary>Request streams whose first message is the config and whose others carry data.</summary>
public static class RequestStreams
{
    /// <summary>Bytes of one downstream audio message.</summary>
    public const int ChunkBytes = 64 << 10;

    /// <param name="config">the config of a message, null where it holds something else</param>
    /// <exception cref="InvalidRequestException">the stream is empty or starts with data</exception>
    public static async Task<TConfig> ReadConfigAsync<TRequest, TConfig>(this IAsyncStreamReader<TRequest> requests, Func<TRequest, TConfig?> config, CancellationToken cancellationToken)
        where TRequest : class
        where TConfig : class
    {
        if (!await requests.MoveNext(cancellationToken))
            throw new InvalidRequestException("config", "the stream ended before its config");
        return config(requests.Current) ?? throw new InvalidRequestException("config", "must be the first message of the stream; data came first");
    }

    /// <summary>The data messages that follow the config.</summary>
    /// <param name="data">the data of a message, null where it holds something else</param>
    /// <param name="field">name of the data field</param>
    /// <exception cref="InvalidRequestException">a later message holds no data</exception>
    public static async IAsyncEnumerable<TData> ReadDataAsync<TRequest, TData>(this IAsyncStreamReader<TRequest> requests, Func<TRequest, TData?> data, string field, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class
        where TData : class
    {
        while (await requests.MoveNext(cancellationToken))
            yield return data(requests.Current) ?? throw new InvalidRequestException(field, "must be in every message after the first");
    }

    /// <summary>All bytes of an audio stream in memory.</summary>
    /// <exception cref="InvalidAudioException">more than <paramref name="maxBytes"/></exception>
    public static async Task<MemoryStream> BufferAsync(this IAsyncEnumerable<ByteString> chunks, long maxBytes)
    {
        var buffer = new MemoryStream();
        await foreach (var chunk in chunks)
        {
            if (buffer.Length + chunk.Length > maxBytes)
                throw new InvalidAudioException(AudioProblem.TooLong, $"audio stream is longer than the limit of {maxBytes} bytes");
            buffer.Write(chunk.Span);
        }
        buffer.Position = 0;
        return buffer;
    }

    /// <summary>Bytes cut into messages of a stream.</summary>
    public static IEnumerable<ByteString> Chunks(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += ChunkBytes)
            yield return UnsafeByteOperations.UnsafeWrap(bytes.AsMemory(at, Math.Min(ChunkBytes, bytes.Length - at)));
    }
}
