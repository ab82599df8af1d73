using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp.Utils;

/// <summary>Reads a tensor's elements, in C order.</summary>
public readonly struct TensorAccessor<T> where T : unmanaged
{
    private readonly torch.Tensor _tensor;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.dtype.ElementSize() != Unsafe.SizeOf<T>())
            throw new ArgumentException($"elements of type {tensor.dtype} are no {typeof(T).Name}");
        if (tensor.is_cuda)
            throw new InvalidOperationException("the tensor is on a CUDA device; move it with .cpu() first");
        _tensor = tensor;
    }

    public long Count => _tensor.NumberOfElements;

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    public unsafe void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tensorIndex, 0);
        if (array.Length - arrayIndex < Count)
            throw new ArgumentException("the array is too short", nameof(array));
        fixed (T* pointer = array)
        {
            NativeMethods.Check(NativeMethods.vt_tensor_copy_to(_tensor.Handle, pointer + arrayIndex, Count * sizeof(T)));
        }
        GC.KeepAlive(_tensor);
    }
}
