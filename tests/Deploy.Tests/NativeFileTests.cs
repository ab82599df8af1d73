using Xunit;

namespace Deploy.Tests;

/// <summary>Of the packages' native files a build carries those that programs load, and so does a publish.</summary>
public class NativeFileTests
{
    /// <summary>A gigabyte of files would come along otherwise: other systems', SkiaSharp's, and what only Python needs of libtorch.</summary>
    [Fact]
    public void A_build_carries_libtorch_for_Linux_and_no_other_native_file()
    {
        var runtimes = Path.Combine(AppContext.BaseDirectory, "runtimes");
        var files = Directory.EnumerateFiles(runtimes, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(runtimes, file)).ToArray();
        // libtorch asks for OpenMP by the name that its build gave it, and finds it beside itself.
        Assert.Single(files, file => file.StartsWith("linux-x64/native/libgomp", StringComparison.Ordinal));
        Assert.Equal(
            ["libLibTorchSharp.so", "libc10.so", "libtorch.so", "libtorch_cpu.so"],
            files.Where(file => !file.Contains("libgomp", StringComparison.Ordinal)).Select(file => Path.GetRelativePath("linux-x64/native", file)).Order(StringComparer.Ordinal));
    }
}
