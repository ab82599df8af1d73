namespace VampNet.Audio.Streaming;

/// <summary>Uncompressed samples, between a header and padding where they make a WAV file.</summary>
internal sealed class PcmStreamWriter(
    PcmEncoding encoding, byte[] header, int padding, AudioStreamShape shape, Func<ReadOnlyMemory<byte>, Task> send)
    : AudioStreamWriter(shape, send)
{
    private byte[] _unsentHeader = header;

    private protected override async Task EncodeAsync(ReadOnlyMemory<float> samples)
    {
        await SendHeaderAsync();
        var chunk = ChunkBytes / RawPcm.BytesPerSample(encoding);
        for (var at = 0; at < samples.Length; at += chunk)
            await Send(RawPcm.Encode(samples.Span[at..Math.Min(at + chunk, samples.Length)], encoding));
    }

    private protected override async Task EndAsync()
    {
        await SendHeaderAsync();
        if (padding > 0)
            await Send(new byte[padding]);
    }

    private async Task SendHeaderAsync()
    {
        if (_unsentHeader.Length > 0)
            await Send(_unsentHeader);
        _unsentHeader = [];
    }
}
