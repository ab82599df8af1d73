using System.Runtime.CompilerServices;
using System.Text;

namespace TorchSharp.Interop;

/// <summary>One argument of an operator; implicit conversions keep the call sites short.</summary>
internal readonly struct Argument
{
    private Argument(ValueTag tag, long bits = 0, object? reference = null, int count = 0) => (Tag, Bits, Reference, Count) = (tag, bits, reference, count);

    public ValueTag Tag { get; }

    public long Bits { get; }

    public object? Reference { get; }

    public int Count { get; }

    public static Argument None => default;

    public static Argument OptionalTensors(torch.Tensor?[] tensors) => new(ValueTag.OptionalTensorList, 0, tensors, tensors.Length);

    public static implicit operator Argument(torch.Tensor? tensor) => tensor is null ? None : new(ValueTag.Tensor, 0, tensor);

    public static implicit operator Argument(long value) => new(ValueTag.Int, value);

    public static implicit operator Argument(long? value) => value is { } v ? v : None;

    public static implicit operator Argument(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(bool value) => new(ValueTag.Bool, value ? 1 : 0);

    public static implicit operator Argument(long[] values) => new(ValueTag.IntList, 0, values, values.Length);

    public static implicit operator Argument(torch.Tensor[] tensors) => new(ValueTag.TensorList, 0, tensors, tensors.Length);

    public static implicit operator Argument(string text) => new(ValueTag.String, 0, text, Encoding.UTF8.GetByteCount(text));

    public static implicit operator Argument(Scalar? scalar) => scalar switch
    {
        null => None,
        { IsFloat: true } => scalar.AsDouble,
        _ => scalar.AsLong,
    };

    public static implicit operator Argument(torch.ScalarType? type) => type is { } t ? (long)t : None;

    public static implicit operator Argument(torch.ScalarType type) => (long)type;

    public static implicit operator Argument(torch.Device? device) => device is null ? None : new(ValueTag.Device, device.index, null, (int)device.type);
}

/// <summary>
/// An ATen operator, looked up once in libtorch's dispatcher. Arguments left out at the end take the schema's defaults.
/// </summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int MaxResults = 4096; // the longest list a split may return
    private nint _handle;

    /// <summary>Calls an operator with exactly one tensor as its result.</summary>
    public torch.Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return new torch.Tensor((nint)result.Bits);
    }

    /// <summary>Calls an operator that changes its first argument and returns it: <paramref name="self"/> comes back.</summary>
    public torch.Tensor CallInPlace(torch.Tensor self, params ReadOnlySpan<Argument> rest)
    {
        var arguments = (Span<Argument>)new Argument[rest.Length + 1];
        arguments[0] = self;
        rest.CopyTo(arguments[1..]);
        NativeValue result;
        Invoke(arguments, &result, 1);
        NativeMethods.vt_tensor_free((nint)result.Bits);
        return self;
    }

    /// <summary>Calls an operator with two tensors as its result.</summary>
    public (torch.Tensor, torch.Tensor) CallPair(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[2];
        Invoke(arguments, results, 2);
        return (new torch.Tensor((nint)results[0].Bits), new torch.Tensor((nint)results[1].Bits));
    }

    /// <summary>Calls an operator with a list of tensors as its result.</summary>
    public torch.Tensor[] CallList(params ReadOnlySpan<Argument> arguments)
    {
        var results = new NativeValue[MaxResults];
        fixed (NativeValue* pointer = results)
        {
            var count = Invoke(arguments, pointer, MaxResults);
            return [.. results.AsSpan(0, count).ToArray().Select(r => new torch.Tensor((nint)r.Bits))];
        }
    }

    private int Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results, int capacity)
    {
        if (_handle == 0)
            _handle = NativeMethods.Check(NativeMethods.vt_operator_find("aten::" + name, overload)); // the same answer on every thread

        var words = 0;
        foreach (ref readonly var argument in arguments)
            words += argument.Tag == ValueTag.String ? (argument.Count + 7) / 8 : argument.Count * (argument.Reference is null ? 0 : 1);

        // Lists are copied behind one another into `storage`; the values point into it.
        var storage = stackalloc long[words + 1];
        var values = stackalloc NativeValue[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            ref readonly var argument = ref arguments[i];
            values[i] = new NativeValue { Tag = argument.Tag, Count = argument.Count, Bits = argument.Bits };
            switch (argument.Reference)
            {
                case torch.Tensor tensor:
                    values[i].Bits = tensor.Handle;
                    break;
                case long[] integers:
                    values[i].Bits = (nint)storage;
                    foreach (var integer in integers)
                        *storage++ = integer;
                    break;
                case torch.Tensor?[] tensors:
                    values[i].Bits = (nint)storage;
                    foreach (var tensor in tensors)
                        *storage++ = tensor?.Handle ?? 0;
                    break;
                case string text:
                    values[i].Bits = (nint)storage;
                    Encoding.UTF8.GetBytes(text, new Span<byte>(storage, argument.Count));
                    storage += (argument.Count + 7) / 8;
                    break;
            }
        }

        var count = NativeMethods.vt_operator_call(_handle, values, arguments.Length, results, capacity);
        foreach (ref readonly var argument in arguments)
            GC.KeepAlive(argument.Reference); // a tensor must outlive the call that reads it
        return NativeMethods.Check(count);
    }
}
