using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
