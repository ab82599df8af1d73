using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VampNet.Audio.Interop;

/// <summary>The part of libsoxr 0.1 that we use (soxr.h).</summary>
internal static unsafe partial class Soxr
{
    /// <summary>SOXR_HQ: 20 bits, which is also the library's default.</summary>
    public const nuint HighQuality = 4;

    private const string Library = "libsoxr.so.0";

    [StructLayout(LayoutKind.Sequential)]
    public struct Quality
    {
        public double Precision;
        public double PhaseResponse;
        public double PassbandEnd;
        public double StopbandBegin;
        public nint Reserved;
        public nuint Flags;
    }

    /// <summary>An open resampler.</summary>
    public sealed class Handle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            Soxr.Delete(handle);
            return true;
        }
    }

    /// <summary>Interleaved float in and out.</summary>
    [LibraryImport(Library, EntryPoint = "soxr_create")]
    public static partial Handle Create(
        double inputRate, double outputRate, uint channels, out nint error, nint ioSpec, in Quality quality, nint runtimeSpec);

    [LibraryImport(Library, EntryPoint = "soxr_quality_spec")]
    public static partial Quality QualitySpec(nuint recipe, nuint flags);

    /// <summary>Null input ends the stream. Returns an error text, or null.</summary>
    [LibraryImport(Library, EntryPoint = "soxr_process")]
    public static partial nint Process(
        Handle soxr, float* input, nuint inputFrames, out nuint inputDone, float* output, nuint outputFrames, out nuint outputDone);

    [LibraryImport(Library, EntryPoint = "soxr_delete")]
    private static partial void Delete(nint soxr);
}
