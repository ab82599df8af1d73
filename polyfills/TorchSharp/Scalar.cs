namespace TorchSharp;

/// <summary>A number handed to an operator: an integer or a real.</summary>
public sealed class Scalar
{
    private Scalar(bool isFloat, double real, long integer) => (IsFloat, AsDouble, AsLong) = (isFloat, real, integer);

    internal bool IsFloat { get; }

    internal double AsDouble { get; }

    internal long AsLong { get; }

    public static implicit operator Scalar(int value) => new(false, value, value);

    public static implicit operator Scalar(long value) => new(false, value, value);

    public static implicit operator Scalar(float value) => new(true, value, (long)value);

    public static implicit operator Scalar(double value) => new(true, value, (long)value);

    public static implicit operator Scalar(bool value) => new(false, value ? 1 : 0, value ? 1 : 0);
}
