using System.Security.Cryptography;
using Google.Protobuf;
using VampNet.Audio;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Sources;

/// <summary>
/// The audio of a request, on disk: as many stages read it as have to, and again when a replica is lost. They do so once it
/// is all there and known by its hash, so that no stage is asked for what is known already, and none waits for a caller
/// with a slow line; a stage itself begins with what is all there only, so that costs no more than the way to it.
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
    public IAsyncEnumerable<ByteString> Chunks() => Bytes.Chunks().ToAsyncEnumerable();

    public void Dispose() => Bytes.Dispose();
}
