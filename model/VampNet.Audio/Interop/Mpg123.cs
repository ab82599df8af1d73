using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VampNet.Audio.Interop;

/// <summary>
/// The part of libmpg123 1.26 and later that we use (mpg123.h). libsndfile brings it along, but leaves it to search for frames by itself
/// and to write to the process's standard error.
/// </summary>
internal static unsafe partial class Mpg123
{
    /// <summary>
    /// MPG123_QUIET | GAPLESS | NO_RESYNC | FORCE_FLOAT | NO_READAHEAD: it is fed whole frames.
    /// </summary>
    public const int Flags = 0x20 | 0x40 | 0x80 | 0x400 | 0x400000;

    /// <summary>MPG123_IGNORE_INFOFRAME.</summary>
    public const int IgnoreInfoFrame = 0x4000;

    /// <summary>MPG123_FLAGS, the parameter.</summary>
    public const int FlagsParameter = 1;

    public const int NeedMore = -10;
    public const int NewFormat = -11;
    public const int Done = -12;
    public const int Ok = 0;

    private const string Library = "libmpg123.so.0";

    private static readonly int s_initialised = Init();

    /// <summary>A decoder.</summary>
    public sealed class Handle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            Mpg123.Delete(handle);
            return true;
        }
    }

    /// <summary>A decoder that is fed.</summary>
    public static Handle Open(int flags)
    {
        var handle = s_initialised == Ok ? New(null, out _) : throw new InvalidOperationException("libmpg123 does not start");
        if (!handle.IsInvalid && Parameter(handle, FlagsParameter, flags, 0) == Ok && OpenFeed(handle) == Ok)
            return handle;
        handle.Dispose();
        throw new InvalidOperationException("libmpg123 does not open a decoder");
    }

    /// <summary>Takes bytes and gives samples, as bytes of floats.</summary>
    [LibraryImport(Library, EntryPoint = "mpg123_decode")]
    public static partial int Decode(Handle handle, byte* input, nuint inputBytes, float* output, nuint outputBytes, out nuint done);

    [LibraryImport(Library, EntryPoint = "mpg123_init")]
    private static partial int Init();

    [LibraryImport(Library, EntryPoint = "mpg123_new")]
    private static partial Handle New(byte* decoder, out int error);

    [LibraryImport(Library, EntryPoint = "mpg123_param")]
    private static partial int Parameter(Handle handle, int type, nint value, double number);

    [LibraryImport(Library, EntryPoint = "mpg123_open_feed")]
    private static partial int OpenFeed(Handle handle);

    [LibraryImport(Library, EntryPoint = "mpg123_delete")]
    private static partial void Delete(nint handle);
}
