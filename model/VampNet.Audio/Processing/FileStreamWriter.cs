using VampNet.Audio.Files;

namespace VampNet.Audio.Processing;

/// <summary>A file whose header is known only at its end: it is encoded onto disk, and then sent.</summary>
internal sealed class FileStreamWriter : AudioStreamWriter
{
    private readonly SpoolStream _spool = new();
    private readonly SoundFileWriter _file;

    public FileStreamWriter(AudioFormat format, AudioStreamShape shape, Func<ReadOnlyMemory<byte>, Task> send)
        : base(shape, send)
    {
        try
        {
            _file = new SoundFileWriter(_spool, format, shape.OutputRate, shape.Channels);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private protected override Task EncodeAsync(ReadOnlyMemory<float> samples)
    {
        _file.Write(samples.Span);
        return Task.CompletedTask;
    }

    private protected override async Task EndAsync()
    {
        _file.Complete();
        foreach (var chunk in _spool.Chunks())
            await Send(chunk);
    }

    private protected override void Dispose(bool disposing)
    {
        _file?.Dispose();
        _spool.Dispose();
        base.Dispose(disposing);
    }
}
