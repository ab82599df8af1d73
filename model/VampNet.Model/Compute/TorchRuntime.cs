using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace VampNet.Model.Compute;

/// <summary>What libtorch, and the libraries in it, ask of the process that loads them.</summary>
internal static partial class TorchRuntime
{
    /// <summary>
    /// Runs before anything else of this assembly, and so before the first tensor of any program that computes with it. Variables that are
    /// set already stay as they are: an operator can have it otherwise.
    /// </summary>
    [ModuleInitializer]
    internal static void Prepare()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Conditional numerical reproducibility: without it MKL rounds a row of a product by how many rows there are, so that
        // the tokens of a request would depend on the others in its batch. It costs nothing that could be measured.
        Set("MKL_CBWR", "AUTO,STRICT");
        // Threads that wait must not spin: next to anything else that wants the cores, spinning costs six times the time.
        Set("OMP_WAIT_POLICY", "passive");
        // As many threads as processors, or as a container's quota of them allows: OpenMP itself knows nothing of quotas.
        Set("OMP_NUM_THREADS", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        // glibc maps large tensors anew each time, and the system fills them with zeros each time: up to half of the time of
        // a large codec. From one heap, which grows and stays, they cost nothing; ReturnMemory gives it back.
        _ = mallopt(MMapMax, 0);
        _ = mallopt(TrimThreshold, int.MaxValue);
        _ = mallopt(ArenaMax, 1);
    }

    /// <summary>Gives memory that is free back to the system, in a pause: computing takes it again.</summary>
    public static void ReturnMemory()
    {
        if (OperatingSystem.IsLinux())
            _ = malloc_trim(0);
    }

    // <malloc.h>
    private const int TrimThreshold = -1, MMapMax = -4, ArenaMax = -8;

    // Not Environment.SetEnvironmentVariable, which native code does not see.
    private static void Set(string name, string value) => _ = setenv(name, value, overwrite: 0);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}

/// <summary>What kind of processor this is, as far as it decides how to multiply matrices.</summary>
internal static class Processor
{
    /// <summary>
    /// MKL, which libtorch multiplies float32 matrices with, is at its best on Intel's processors only: on AMD's it reaches a third of
    /// what oneDNN's convolutions do.
    /// </summary>
    public static bool IsIntel { get; } = Vendor() == "GenuineIntel";

    /// <summary>
    /// Whether bfloat16 is faster than float32. Intel's AVX512-BF16 alone is not (half as fast, measured): it takes the matrix units, AMX.
    /// </summary>
    public static bool HasFastBfloat16 { get; } = IsIntel ? Has(7, 0, leaf => leaf.Edx, bit: 22) : Has(7, 1, leaf => leaf.Eax, bit: 5);

    private static string Vendor()
    {
        if (!X86Base.IsSupported)
            return "";
        var (_, ebx, ecx, edx) = X86Base.CpuId(0, 0);
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>([ebx, edx, ecx]));
    }

    private static bool Has(int function, int subFunction, Func<(int Eax, int Ebx, int Ecx, int Edx), int> register, int bit) =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= function && (register(X86Base.CpuId(function, subFunction)) >> bit & 1) == 1;
}
