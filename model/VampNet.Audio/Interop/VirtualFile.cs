using System.Runtime.InteropServices;

namespace VampNet.Audio.Interop;

/// <summary>Lets libsndfile work on a seekable .NET stream. Closing leaves the stream open.</summary>
internal sealed unsafe class VirtualFile : IDisposable
{
    private readonly Stream _stream;
    private GCHandle _self;

    public VirtualFile(Stream stream, int mode, SndFile.Info info)
    {
        _stream = stream;
        _self = GCHandle.Alloc(this);
        var io = new SndFile.VirtualIo { Length = &Length, Seek = &Seek, Read = &Read, Write = &Write, Tell = &Tell };
        Handle = SndFile.OpenVirtual(ref io, mode, ref info, GCHandle.ToIntPtr(_self));
        Info = info;
    }

    /// <summary>Invalid where libsndfile refused the stream.</summary>
    public SndFile.Handle Handle { get; }

    public SndFile.Info Info { get; }

    /// <summary>The exception of the stream itself, if one stopped a callback: exceptions may not cross native frames.</summary>
    public Exception? StreamError { get; private set; }

    public void Dispose()
    {
        // Closing writes the final header through the callbacks, so the handle goes first.
        Handle.Dispose();
        if (_self.IsAllocated)
            _self.Free();
    }

    [UnmanagedCallersOnly]
    private static long Length(nint self) => Guard(self, static stream => stream.Length);

    [UnmanagedCallersOnly]
    private static long Tell(nint self) => Guard(self, static stream => stream.Position);

    [UnmanagedCallersOnly]
    private static long Seek(long offset, int whence, nint self) => Guard(self, stream => stream.Seek(offset, (SeekOrigin)whence));

    [UnmanagedCallersOnly]
    private static long Read(byte* data, long count, nint self) =>
        Guard(self,
            stream => stream.ReadAtLeast(new Span<byte>(data, checked((int)count)), checked((int)count), throwOnEndOfStream: false));

    [UnmanagedCallersOnly]
    private static long Write(byte* data, long count, nint self) => Guard(self, stream =>
    {
        stream.Write(new ReadOnlySpan<byte>(data, checked((int)count)));
        return count;
    });

    private static long Guard(nint self, Func<Stream, long> action)
    {
        var file = (VirtualFile)GCHandle.FromIntPtr(self).Target!;
        try
        {
            return action(file._stream);
        }
        catch (Exception error)
        {
            file.StreamError ??= error;
            return -1;
        }
    }
}
