using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Shapes, indexing, copies.</summary>
    public partial class Tensor
    {
        private static class Shapes
        {
            public static readonly Operator view = new("view");
            public static readonly Operator reshape = new("reshape");
            public static readonly Operator permute = new("permute");
            public static readonly Operator transpose = new("transpose", "int");
            public static readonly Operator contiguous = new("contiguous");
            public static readonly Operator unsqueeze = new("unsqueeze");
            public static readonly Operator squeeze = new("squeeze");
            public static readonly Operator squeeze_dim = new("squeeze", "dim");
            public static readonly Operator expand = new("expand");
            public static readonly Operator repeat = new("repeat");
            public static readonly Operator flatten = new("flatten", "using_ints");
            public static readonly Operator narrow = new("narrow");
            public static readonly Operator slice = new("slice", "Tensor");
            public static readonly Operator select = new("select", "int");
            public static readonly Operator chunk = new("chunk");
            public static readonly Operator split = new("split", "Tensor");
            public static readonly Operator unbind = new("unbind", "int");
            public static readonly Operator flip = new("flip");
            public static readonly Operator roll = new("roll");
            public static readonly Operator unfold = new("unfold");
            public static readonly Operator index_select = new("index_select");
            public static readonly Operator index_add = new("index_add");
            public static readonly Operator index_copy_ = new("index_copy_");
            public static readonly Operator gather = new("gather");
            public static readonly Operator scatter = new("scatter", "src");
            public static readonly Operator masked_select = new("masked_select");
            public static readonly Operator nonzero = new("nonzero");
            public static readonly Operator copy_ = new("copy_");
            public static readonly Operator clone = new("clone");
            public static readonly Operator detach = new("detach");
            public static readonly Operator to_dtype = new("to", "dtype");
            public static readonly Operator to_device = new("to", "device");
            public static readonly Operator fill_ = new("fill_", "Scalar");
            public static readonly Operator matmul = new("matmul");
        }

        public Tensor T => Shapes.transpose.Call(this, 0L, 1L);

        public Tensor this[long index] => select(0, index);

        public Tensor view(params long[] shape) => Shapes.view.Call(this, shape);

        public Tensor reshape(params long[] shape) => Shapes.reshape.Call(this, shape);

        public Tensor permute(params long[] permutation) => Shapes.permute.Call(this, permutation);

        public Tensor transpose(long dim0, long dim1) => Shapes.transpose.Call(this, dim0, dim1);

        public Tensor contiguous() => Shapes.contiguous.Call(this);

        public Tensor unsqueeze(long dim) => Shapes.unsqueeze.Call(this, dim);

        public Tensor squeeze(long? dim = null) => dim is { } d ? Shapes.squeeze_dim.Call(this, d) : Shapes.squeeze.Call(this);

        public Tensor expand(params long[] sizes) => Shapes.expand.Call(this, sizes);

        public Tensor repeat(params long[] sizes) => Shapes.repeat.Call(this, sizes);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Shapes.flatten.Call(this, start_dim, end_dim);

        public Tensor narrow(long dim, long start, long length) => Shapes.narrow.Call(this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => Shapes.slice.Call(this, dim, start, finish, step);

        public Tensor select(long dim, long index) => Shapes.select.Call(this, dim, index);

        public Tensor[] chunk(long chunks, long dim = 0) => Shapes.chunk.CallList(this, chunks, dim);

        public Tensor[] split(long size, long dim = 0) => Shapes.split.CallList(this, size, dim);

        public Tensor[] unbind(long dimension = 0) => Shapes.unbind.CallList(this, dimension);

        public Tensor flip(params long[] dims) => Shapes.flip.Call(this, dims);

        public Tensor roll(long[] shifts, long[] dims) => Shapes.roll.Call(this, shifts, dims);

        /// <summary>Sliding windows of <paramref name="size"/> every <paramref name="step"/>, in a new last dimension.</summary>
        public Tensor unfold(long dimension, long size, long step) => Shapes.unfold.Call(this, dimension, size, step);

        public Tensor index_select(long dim, Tensor index) => Shapes.index_select.Call(this, dim, index);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Shapes.index_add.Call(this, dim, index, source, alpha);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Shapes.index_copy_.CallInPlace(this, dim, index, source);

        public Tensor gather(long dim, Tensor index) => Shapes.gather.Call(this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Shapes.scatter.Call(this, dim, index, src);

        public Tensor masked_select(Tensor mask) => Shapes.masked_select.Call(this, mask);

        public Tensor nonzero() => Shapes.nonzero.Call(this);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Shapes.copy_.CallInPlace(this, source, nonBlocking);

        public Tensor fill_(Scalar value) => Shapes.fill_.CallInPlace(this, value);

        public Tensor clone() => Shapes.clone.Call(this);

        public Tensor detach() => Shapes.detach.Call(this);

        public Tensor to(ScalarType type) => Shapes.to_dtype.Call(this, type);

        public Tensor to(Device device) => Shapes.to_device.Call(this, device, dtype);

        public Tensor to(ScalarType type, Device device) => Shapes.to_device.Call(this, device, type);

        public Tensor cpu() => to(CPU);

        public Tensor matmul(Tensor target) => Shapes.matmul.Call(this, target);
    }
}
