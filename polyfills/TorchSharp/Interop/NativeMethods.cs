using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>native/include/vampnet_torch.h, function by function.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "vampnet_torch";

    [LibraryImport(Library)] internal static partial byte* vt_last_error();
    [LibraryImport(Library)] internal static partial nint vt_tensor_from_data(void* data, int scalarType, long* sizes, int dimensions);
    [LibraryImport(Library)] internal static partial int vt_tensor_copy_to(nint tensor, void* data, long bytes);
    [LibraryImport(Library)] internal static partial void* vt_tensor_data(nint tensor);
    [LibraryImport(Library)] internal static partial int vt_tensor_describe(nint tensor, TensorInfo* info);
    [LibraryImport(Library)] internal static partial void vt_tensor_free(nint tensor);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint vt_operator_find(string name, string overload);
    [LibraryImport(Library)] internal static partial int vt_operator_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity);
    [LibraryImport(Library)] internal static partial int vt_backward(nint tensor, nint gradient);
    [LibraryImport(Library)] internal static partial int vt_requires_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int vt_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial nint vt_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int vt_set_grad(nint tensor, nint gradient);
    [LibraryImport(Library)] internal static partial int vt_grad_mode();
    [LibraryImport(Library)] internal static partial void vt_set_grad_mode(int enabled);
    [LibraryImport(Library)] internal static partial nint vt_inference_mode_enter(int enabled);
    [LibraryImport(Library)] internal static partial void vt_inference_mode_leave(nint guard);
    [LibraryImport(Library)] internal static partial int vt_manual_seed(long seed);
    [LibraryImport(Library)] internal static partial int vt_set_num_threads(int threads);
    [LibraryImport(Library)] internal static partial int vt_num_threads();
    [LibraryImport(Library)] internal static partial int vt_cuda_available();
    [LibraryImport(Library)] internal static partial int vt_cuda_synchronize(int index);
    [LibraryImport(Library)] internal static partial byte* vt_version();

    /// <summary>The exception for the call that just failed on this thread, with libtorch's own message.</summary>
    internal static ExternalException LastError() => new(Marshal.PtrToStringUTF8((nint)vt_last_error()) ?? "unknown libtorch error");

    internal static nint Check(nint handle) => handle != 0 ? handle : throw LastError();

    internal static int Check(int code) => code >= 0 ? code : throw LastError();
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TensorInfo
{
    public long* Sizes;
    public int Dimensions;
    public int ScalarType;
    public int DeviceType;
    public int DeviceIndex;
}

internal enum ValueTag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    IntList = 5,
    TensorList = 6,
    OptionalTensorList = 7,
    Device = 8,
    String = 9,
}

/// <summary>vt_value: one argument or result.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public ValueTag Tag;
    public int Count;
    public long Bits;
}
