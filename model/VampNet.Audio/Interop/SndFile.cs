using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VampNet.Audio.Interop;

/// <summary>The part of libsndfile 1.2 that we use (sndfile.h).</summary>
internal static unsafe partial class SndFile
{
    public const int ModeRead = 0x10;
    public const int ModeWrite = 0x20;
    public const int SetClipping = 0x10C0;
    public const int SetCompressionLevel = 0x1301;

    /// <summary>SF_ERR_UNRECOGNISED_FORMAT.</summary>
    public const int UnrecognisedFormat = 1;

    /// <summary>SF_ERR_UNSUPPORTED_ENCODING.</summary>
    public const int UnsupportedEncoding = 4;

    private const string Library = "libsndfile.so.1";

    [StructLayout(LayoutKind.Sequential)]
    public struct Info
    {
        public long Frames;
        public int SampleRate;
        public int Channels;
        public int Format;
        public int Sections;
        public int Seekable;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct VirtualIo
    {
        public delegate* unmanaged<nint, long> Length;
        public delegate* unmanaged<long, int, nint, long> Seek;
        public delegate* unmanaged<byte*, long, nint, long> Read;
        public delegate* unmanaged<byte*, long, nint, long> Write;
        public delegate* unmanaged<nint, long> Tell;
    }

    /// <summary>An open SNDFILE.</summary>
    public sealed class Handle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle() => SndFile.Close(handle) == 0;
    }

    [LibraryImport(Library, EntryPoint = "sf_open_virtual")]
    public static partial Handle OpenVirtual(ref VirtualIo io, int mode, ref Info info, nint userData);

    [LibraryImport(Library, EntryPoint = "sf_readf_float")]
    public static partial long ReadFrames(Handle file, float* samples, long frames);

    /// <summary>Goes to a frame, counted from the start (SEEK_SET = 0).</summary>
    [LibraryImport(Library, EntryPoint = "sf_seek")]
    public static partial long Seek(Handle file, long frame, int whence);

    [LibraryImport(Library, EntryPoint = "sf_writef_float")]
    public static partial long WriteFrames(Handle file, float* samples, long frames);

    [LibraryImport(Library, EntryPoint = "sf_command")]
    public static partial int Command(Handle file, int command, nint data, int size);

    [LibraryImport(Library, EntryPoint = "sf_close")]
    private static partial int Close(nint file);

    /// <summary>0 = the last call on the file went well.</summary>
    [LibraryImport(Library, EntryPoint = "sf_error")]
    public static partial int Error(Handle file);

    [LibraryImport(Library, EntryPoint = "sf_error")]
    private static partial int Error(nint file);

    [LibraryImport(Library, EntryPoint = "sf_strerror")]
    private static partial byte* StrError(nint file);

    /// <summary>Why a file could not be opened, in words (one per process, so only a hint).</summary>
    public static string OpenError() => Text(StrError(0));

    /// <summary>Why a file could not be opened: a public number of sndfile.h or an inner one (one per process, so only a hint).</summary>
    public static int OpenErrorCode() => Error(0);

    /// <summary>What went wrong with an open file.</summary>
    public static string ErrorText(Handle file) => Text(StrError(file.DangerousGetHandle()));

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text)?.Trim().TrimEnd('.') ?? "unknown error";
}
