using Xunit;

namespace Deploy.Tests;

/// <summary>Of the packages' native files a build carries those that programs load, and so does a publish.</summary>
public class NativeFileTests
{
    /// <summary>Else a gigabyte would come along: other systems' files, SkiaSharp's, and what only Python needs of libtorch.</summary>
    [Fact]
    public void A_build_carries_libtorch_for_Linux_and_no_other_native_file()
    {
        var (runtimes, native) = (Path.Combine(AppContext.BaseDirectory, "runtimes"), Path.Combine("linux-x64", "native"));
        var files = Directory.EnumerateFiles(runtimes, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        // libtorch finds OpenMP beside itself, by a name that its build gave it: libgomp-, some digits, .so.1.
        Assert.Equal(
            ["libLibTorchSharp.so", "libc10.so", "libgomp", "libtorch.so", "libtorch_cpu.so"],
            files.Select(file => Path.GetRelativePath(Path.Combine(runtimes, native), file).Split('-')[0]));
    }
}
