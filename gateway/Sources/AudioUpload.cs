using System.Security.Cryptography;
using Google.Protobuf;
using VampNet.Audio;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Sources;

/// <summary>
/// The audio of a request, as it was sent. It is on disk because two stages read it, and again when a replica is lost; because the
/// cache is asked by the hash of all of it before any stage is; and because no stage shall wait for a caller with a slow line. A stage
/// begins only when it has all of it, so this delays no more than the way to the stage.
/// </summary>
internal sealed class AudioUpload : IDisposable
{
    private AudioUpload(SpoolStream bytes, string sha256) => (Bytes, Sha256) = (bytes, sha256);

    /// <summary>At its start.</summary>
    public SpoolStream Bytes { get; }

    /// <summary>As 64 hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>Takes audio to its end.</summary>
    /// <param name="maxBytes">most bytes that it takes</param>
    /// <exception cref="InvalidAudioException">more than the limit</exception>
    public static async Task<AudioUpload> ReceiveAsync(IAsyncEnumerable<ByteString> audio, long maxBytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = await HashedAsync().SpoolAsync(maxBytes);
        return new AudioUpload(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));

        async IAsyncEnumerable<ByteString> HashedAsync()
        {
            await foreach (var chunk in audio)
            {
                hash.AppendData(chunk.Span);
                yield return chunk;
            }
        }
    }

    /// <summary>All of it in messages of a stream; several streams may be under way at once.</summary>
    public IAsyncEnumerable<ByteString> Chunks() =>
        Bytes.Chunks().Select(chunk => UnsafeByteOperations.UnsafeWrap(chunk)).ToAsyncEnumerable();

    public void Dispose() => Bytes.Dispose();
}
