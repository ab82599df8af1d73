using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    private static class Creation
    {
        public static readonly Operator empty = new("empty", "memory_format");
        public static readonly Operator zeros = new("zeros");
        public static readonly Operator ones = new("ones");
        public static readonly Operator full = new("full");
        public static readonly Operator rand = new("rand");
        public static readonly Operator randn = new("randn");
        public static readonly Operator randint = new("randint", "low");
        public static readonly Operator randperm = new("randperm");
        public static readonly Operator arange = new("arange", "start_step");
        public static readonly Operator linspace = new("linspace");
        public static readonly Operator zeros_like = new("zeros_like");
        public static readonly Operator ones_like = new("ones_like");
        public static readonly Operator empty_like = new("empty_like");
        public static readonly Operator rand_like = new("rand_like");
        public static readonly Operator hann_window = new("hann_window", "periodic");
    }

    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null) =>
        Creation.empty.Call(size, dtype, Argument.None, device);

    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null) =>
        Creation.zeros.Call(size, dtype, Argument.None, device);

    public static Tensor zeros(params long[] size) => zeros(size, null);

    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null) =>
        Creation.ones.Call(size, dtype, Argument.None, device);

    public static Tensor ones(params long[] size) => ones(size, null);

    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null) =>
        Creation.full.Call(size, value, dtype, Argument.None, device);

    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null) =>
        Creation.rand.Call(size, dtype, Argument.None, device);

    public static Tensor rand(params long[] size) => rand(size, null);

    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null) =>
        Creation.randn.Call(size, dtype, Argument.None, device);

    public static Tensor randn(params long[] size) => randn(size, null);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null) =>
        Creation.randint.Call(low, high, size, dtype ?? ScalarType.Int64, Argument.None, device);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null) =>
        Creation.randperm.Call(n, dtype ?? ScalarType.Int64, Argument.None, device);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null) => arange(0, stop, dtype, device);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null) => arange(start, stop, 1, dtype, device);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null) =>
        Creation.arange.Call(start, stop, step, dtype, Argument.None, device);

    public static Tensor linspace(Scalar start, Scalar end, long steps, ScalarType? dtype = null, Device? device = null) =>
        Creation.linspace.Call(start, end, steps, dtype, Argument.None, device);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null) =>
        Creation.zeros_like.Call(input, dtype, Argument.None, device);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null) =>
        Creation.ones_like.Call(input, dtype, Argument.None, device);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null) =>
        Creation.empty_like.Call(input, dtype, Argument.None, device);

    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null) =>
        Creation.rand_like.Call(input, dtype, Argument.None, device);

    public static Tensor hann_window(long window_length, bool periodic = true, ScalarType? dtype = null, Device? device = null) =>
        Creation.hann_window.Call(window_length, periodic, dtype, Argument.None, device);

    public static Tensor tensor(float scalar, Device? device = null) => FromSpan<float>([scalar], [], ScalarType.Float32, null, device);

    public static Tensor tensor(long scalar, Device? device = null) => FromSpan<long>([scalar], [], ScalarType.Int64, null, device);

    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        FromSpan<float>(rawArray, [rawArray.Length], ScalarType.Float32, dtype, device);

    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromSpan<float>(rawArray, dimensions, ScalarType.Float32, dtype, device);

    public static Tensor tensor(long[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        FromSpan<long>(rawArray, [rawArray.Length], ScalarType.Int64, dtype, device);

    public static Tensor tensor(long[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromSpan<long>(rawArray, dimensions, ScalarType.Int64, dtype, device);

    public static Tensor tensor(bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromSpan<bool>(rawArray, dimensions, ScalarType.Bool, dtype, device);

    private static unsafe Tensor FromSpan<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> sizes, ScalarType type, ScalarType? dtype, Device? device)
        where T : unmanaged
    {
        var count = 1L;
        foreach (var length in sizes)
            count *= length;
        if (count != values.Length)
            throw new ArgumentException($"{values.Length} values do not fill the shape [{string.Join(", ", sizes.ToArray())}]");
        Tensor tensor;
        fixed (T* data = values)
        fixed (long* shape = sizes)
        {
            tensor = new Tensor(NativeMethods.Check(NativeMethods.vt_tensor_from_data(data, (int)type, shape, sizes.Length)));
        }
        if ((dtype is null || dtype == type) && device is null or { type: DeviceType.CPU })
            return tensor;
        using (tensor)
            return tensor.to(dtype ?? type, device ?? CPU);
    }
}
