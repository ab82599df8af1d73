namespace TorchSharp;

public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
}

public enum PaddingModes
{
    Zeros = 0,
    Reflect = 1,
    Replicate = 2,
    Circular = 3,
    Constant = 4,
}

public static partial class torch
{
    public const ScalarType uint8 = ScalarType.Byte;
    public const ScalarType int32 = ScalarType.Int32;
    public const ScalarType int64 = ScalarType.Int64;
    public const ScalarType float16 = ScalarType.Float16;
    public const ScalarType float32 = ScalarType.Float32;
    public const ScalarType float64 = ScalarType.Float64;
    public const ScalarType bfloat16 = ScalarType.BFloat16;
    public const ScalarType @bool = ScalarType.Bool;

    /// <summary>libtorch's numbering.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        ComplexFloat32 = 9,
        ComplexFloat64 = 10,
        Bool = 11,
        BFloat16 = 15,
    }

    public static Device CPU { get; } = new(DeviceType.CPU);

    public static Device CUDA { get; } = new(DeviceType.CUDA, 0);

    public static Device device(string description) => new(description);

    /// <summary>Where a tensor lives: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</summary>
    public sealed class Device
    {
        public Device(DeviceType type, int index = -1) => (this.type, this.index) = (type, index);

        public Device(string description)
        {
            var parts = description.Split(':');
            type = parts[0] switch
            {
                "cpu" => DeviceType.CPU,
                "cuda" => DeviceType.CUDA,
                _ => throw new ArgumentException($"unknown device '{description}'; known are cpu, cuda and cuda:N", nameof(description)),
            };
            index = parts.Length > 1 ? int.Parse(parts[1]) : type == DeviceType.CUDA ? 0 : -1;
        }

        public DeviceType type { get; }

        public int index { get; }

        public override string ToString() => type == DeviceType.CPU ? "cpu" : $"cuda:{index}";

        public override bool Equals(object? obj) => obj is Device other && other.type == type && other.index == index;

        public override int GetHashCode() => HashCode.Combine(type, index);
    }

    /// <summary>Sizes of one element, in bytes.</summary>
    public static long ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
