using System.Runtime.InteropServices;
using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>An n-dimensional array owned by libtorch.</summary>
    public partial class Tensor : IDisposable
    {
        private static long s_totalCount;
        private nint _handle;

        internal Tensor(nint handle)
        {
            _handle = handle;
            Interlocked.Increment(ref s_totalCount);
            DisposeScope.Register(this);
        }

        ~Tensor() => Free();

        /// <summary>Number of tensors alive in this process.</summary>
        public static long TotalCount => Interlocked.Read(ref s_totalCount);

        internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Tensor));

        internal DisposeScope? OwningScope { get; set; }

        public bool IsInvalid => _handle == 0;

        public ScalarType dtype => (ScalarType)Describe().ScalarType;

        public Device device
        {
            get
            {
                var info = Describe();
                return new Device((DeviceType)info.DeviceType, info.DeviceIndex);
            }
        }

        public unsafe long[] shape
        {
            get
            {
                var info = Describe();
                var sizes = new ReadOnlySpan<long>(info.Sizes, info.Dimensions).ToArray();
                GC.KeepAlive(this);
                return sizes;
            }
        }

        public unsafe long size(int dim)
        {
            var info = Describe();
            var length = info.Sizes[dim < 0 ? dim + info.Dimensions : dim];
            GC.KeepAlive(this);
            return length;
        }

        public long Dimensions => Describe().Dimensions;

        public long NumberOfElements => shape.Aggregate(1L, (product, length) => product * length);

        public long numel() => NumberOfElements;

        public bool is_cuda => device.type == DeviceType.CUDA;

        /// <summary>The elements of a contiguous tensor in main memory, as bytes.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                var data = NativeMethods.vt_tensor_data(Handle);
                if (data is null)
                    throw NativeMethods.LastError();
                return new Span<byte>(data, checked((int)(NumberOfElements * dtype.ElementSize())));
            }
            set
            {
                if (value.Length != bytes.Length)
                    throw new ArgumentException($"the tensor has {bytes.Length} bytes, the value {value.Length}", nameof(value));
                value.CopyTo(bytes);
            }
        }

        /// <summary>The elements as numbers of type <typeparamref name="T"/>, which must be the tensor's own type.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged => new(this);

        /// <summary>The only element.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new InvalidOperationException($"a tensor of {NumberOfElements} elements is no scalar");
            return data<T>().ToArray()[0];
        }

        public void Dispose()
        {
            OwningScope?.Forget(this);
            Free();
            GC.SuppressFinalize(this);
        }

        /// <summary>Lets the tensor outlive the current scope, into the one around it.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Lets the tensor live until it is disposed by hand.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningScope?.Forget(this);
            return this;
        }

        public override string ToString() => $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        internal nint ReleaseHandle()
        {
            var handle = Handle;
            OwningScope?.Forget(this);
            _handle = 0;
            Interlocked.Decrement(ref s_totalCount);
            GC.SuppressFinalize(this);
            return handle;
        }

        private unsafe TensorInfo Describe()
        {
            TensorInfo info;
            NativeMethods.Check(NativeMethods.vt_tensor_describe(Handle, &info));
            return info;
        }

        private void Free()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
                return;
            NativeMethods.vt_tensor_free(handle);
            Interlocked.Decrement(ref s_totalCount);
        }
    }
}
