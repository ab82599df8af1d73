using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VampNet.Audio.Interop;

/// <summary>The part of librubberband 3 that we use (rubberband-c.h).</summary>
internal static unsafe partial class RubberBand
{
    /// <summary>
    /// RubberBandOptionEngineFiner | ChannelsTogether | PitchHighQuality | ThreadingNever; the rest, offline mode with
    /// it, is 0. Measured on one core, offline: the finer engine (R3) runs at 15 times real time, the faster one at 40.
    /// </summary>
    public const int Options = 0x20000000 | 0x10000000 | 0x02000000 | 0x00010000;

    private const string Library = "librubberband.so.2";

    /// <summary>An open stretcher.</summary>
    public sealed class Handle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            RubberBand.Delete(handle);
            return true;
        }
    }

    [LibraryImport(Library, EntryPoint = "rubberband_new")]
    public static partial Handle Create(uint sampleRate, uint channels, int options, double timeRatio, double pitchScale);

    [LibraryImport(Library, EntryPoint = "rubberband_set_max_process_size")]
    public static partial void SetMaxProcessSize(Handle stretcher, uint frames);

    /// <summary>One pointer a channel, in and out.</summary>
    [LibraryImport(Library, EntryPoint = "rubberband_study")]
    public static partial void Study(Handle stretcher, float** input, uint frames, int final);

    [LibraryImport(Library, EntryPoint = "rubberband_process")]
    public static partial void Process(Handle stretcher, float** input, uint frames, int final);

    /// <summary>Frames that can be retrieved; -1 once all were.</summary>
    [LibraryImport(Library, EntryPoint = "rubberband_available")]
    public static partial int Available(Handle stretcher);

    [LibraryImport(Library, EntryPoint = "rubberband_retrieve")]
    public static partial uint Retrieve(Handle stretcher, float** output, uint frames);

    [LibraryImport(Library, EntryPoint = "rubberband_delete")]
    private static partial void Delete(nint stretcher);
}
