using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace VampNet.Model.Compute;

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
