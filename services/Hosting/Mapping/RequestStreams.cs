using Google.Protobuf;
using Grpc.Core;
using VampNet.Audio;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Mapping;

/// <summary>Request streams whose first message is the config and whose others carry data.</summary>
public static class RequestStreams
{
    /// <summary>Takes the first message of a stream.</summary>
    /// <param name="requests">A stream of which nothing is read yet.</param>
    /// <param name="config">Gives the config of a message, null where it holds something else.</param>
    /// <param name="cancellationToken">The cancellation of the call.</param>
    /// <exception cref="InvalidRequestException">the stream is empty or starts with data</exception>
    public static async Task<TConfig> ReadConfigAsync<TRequest, TConfig>(
        this IAsyncStreamReader<TRequest> requests, Func<TRequest, TConfig?> config, CancellationToken cancellationToken)
        where TRequest : class
        where TConfig : class
    {
        if (!await requests.MoveNext(cancellationToken))
            throw new InvalidRequestException("config", "the stream ended before its config");
        return config(requests.Current)
            ?? throw new InvalidRequestException("config", "must be the first message of the stream; data came first");
    }

    /// <summary>The data messages that follow the config.</summary>
    /// <param name="requests">A stream whose config is read.</param>
    /// <param name="data">Gives the data of a message, null where it holds something else.</param>
    /// <param name="field">The name of the data field.</param>
    /// <param name="cancellationToken">The cancellation of the call.</param>
    /// <exception cref="InvalidRequestException">a later message holds no data</exception>
    public static async IAsyncEnumerable<TData> ReadDataAsync<TRequest, TData>(
        this IAsyncStreamReader<TRequest> requests, Func<TRequest, TData?> data, string field,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class
        where TData : class
    {
        while (await requests.MoveNext(cancellationToken))
            yield return data(requests.Current) ?? throw new InvalidRequestException(field, "must be in every message after the first");
    }

    /// <summary>All bytes of an audio stream on disk, at its start.</summary>
    /// <exception cref="InvalidAudioException">more than <paramref name="maxBytes"/></exception>
    public static async Task<SpoolStream> SpoolAsync(this IAsyncEnumerable<ByteString> chunks, long maxBytes)
    {
        var spool = new SpoolStream(maxBytes);
        try
        {
            await foreach (var chunk in chunks)
                spool.Write(chunk.Span);
            spool.Position = 0;
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }
}
