namespace VampNet.Model.Checkpoints.Torch;

/// <summary>Takes a strided view out of its storage.</summary>
internal static class TensorView
{
    /// <summary>Bytes of the view in C order.</summary>
    /// <exception cref="CheckpointException">it reaches beyond its storage, or is larger than it</exception>
    public static long CheckedByteCount(PickleTensor view, string name, string file)
    {
        var type = view.Storage.Type;
        var bytes = type.ByteCount(view.Shape);
        // An expanded view (stride 0) could be of any size; no state dict needs one.
        if (bytes is null || bytes > type.ByteCount([view.Storage.Count]) || Last(view) >= view.Storage.Count)
        {
            throw new CheckpointException(
                file, $"tensor '{name}': shape ({string.Join(", ", view.Shape)}), strides ({string.Join(", ", view.Strides)}), "
                + $"offset {view.Offset} do not fit a storage of {view.Storage.Count} elements");
        }
        return bytes.Value;
    }

    /// <param name="storage">all bytes of the storage</param>
    public static RawTensor Read(PickleTensor view, byte[] storage)
    {
        var type = view.Storage.Type;
        var (size, bytes) = (type.Size(), (int)type.ByteCount(view.Shape)!.Value);
        if (bytes == 0)
            return new(type, view.Shape, ReadOnlyMemory<byte>.Empty);
        if (IsContiguous(view))
            return new(type, view.Shape, storage.AsMemory((int)view.Offset * size, bytes));
        var data = new byte[bytes];
        var index = new long[view.Shape.Length];
        var at = view.Offset;
        for (var to = 0; to < bytes; to += size)
        {
            storage.AsSpan((int)at * size, size).CopyTo(data.AsSpan(to));
            for (var d = index.Length - 1; d >= 0; d--) // the next index in C order, and where it lies
            {
                at += view.Strides[d];
                if (++index[d] < view.Shape[d])
                    break;
                at -= view.Strides[d] * view.Shape[d];
                index[d] = 0;
            }
        }
        return new(type, view.Shape, data);
    }

    private static bool IsContiguous(PickleTensor view)
    {
        long expected = 1;
        for (var d = view.Shape.Length - 1; d >= 0; d--)
        {
            if (view.Shape[d] != 1 && view.Strides[d] != expected)
                return false;
            expected *= view.Shape[d];
        }
        return true;
    }

    /// <summary>Position of the last element in the storage; before the first where there is none.</summary>
    private static Int128 Last(PickleTensor view)
    {
        Int128 last = view.Offset;
        for (var d = 0; d < view.Shape.Length; d++)
        {
            if (view.Shape[d] == 0)
                return -1;
            last += (Int128)(view.Shape[d] - 1) * view.Strides[d];
        }
        return last;
    }
}
