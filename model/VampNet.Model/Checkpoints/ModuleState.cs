using TorchSharp;
using static TorchSharp.torch;

namespace VampNet.Model.Checkpoints;

/// <summary>Moves tensors between modules and weight files.</summary>
public static class ModuleState
{
    /// <summary>Copies every parameter of <paramref name="module"/> from the table, whatever its element type there.</summary>
    /// <param name="prefix">put before the module's own names</param>
    /// <param name="isWanted">by name of the parameter; all others stay as they are; null = all</param>
    /// <exception cref="CheckpointException">a tensor is missing or has another shape; it is named</exception>
    public static void LoadTable(this nn.Module module, TensorTable table, string prefix = "", Func<string, bool>? isWanted = null)
    {
        using var frozen = no_grad();
        foreach (var (name, parameter) in module.named_parameters().Where(p => isWanted?.Invoke(p.name) ?? true))
            table.Get(prefix + name, parameter.shape).CopyTo(parameter);
        module.train(module.training); // drops whatever was derived from the old weights
    }

    /// <summary>Every parameter of <paramref name="module"/> as a table.</summary>
    /// <param name="type">F32 or BF16</param>
    /// <param name="isWanted">by name of the parameter; null = all</param>
    public static TensorTable ToTable(
        this nn.Module module, ElementType type, IReadOnlyDictionary<string, string> metadata, Func<string, bool>? isWanted = null)
    {
        using var frozen = no_grad();
        var tensors = new Dictionary<string, RawTensor>();
        foreach (var (name, parameter) in module.named_parameters().Where(p => isWanted?.Invoke(p.name) ?? true))
        {
            using var scope = NewDisposeScope();
            tensors.Add(name, Raw(parameter, type));
        }
        return new TensorTable(module.GetName(), tensors, metadata);
    }

    /// <summary>The same tensors with their elements rounded to another type.</summary>
    /// <param name="type">F32 or BF16</param>
    public static TensorTable As(this TensorTable table, ElementType type)
    {
        var tensors = new Dictionary<string, RawTensor>();
        foreach (var (name, raw) in table.Tensors)
        {
            using var scope = NewDisposeScope();
            tensors.Add(name, Raw(raw.ToTensor(), type));
        }
        return new TensorTable(table.Source, tensors, table.Metadata);
    }

    /// <summary>The elements in a tensor of the same type.</summary>
    internal static Tensor ToTensor(this RawTensor raw)
    {
        var tensor = empty(raw.Shape, raw.Type.ToScalarType());
        raw.CopyTo(tensor.bytes);
        return tensor;
    }

    private static void CopyTo(this RawTensor raw, Tensor parameter)
    {
        using var scope = NewDisposeScope();
        if (parameter.device_type == DeviceType.CPU && parameter.dtype == raw.Type.ToScalarType() && parameter.is_contiguous())
            raw.CopyTo(parameter.bytes); // no second copy
        else
            parameter.copy_(raw.ToTensor());
    }

    private static ScalarType ToScalarType(this ElementType type) => type switch
    {
        ElementType.F64 => float64,
        ElementType.F32 => float32,
        ElementType.F16 => float16,
        ElementType.BF16 => bfloat16,
        ElementType.I64 => int64,
        ElementType.I32 => int32,
        ElementType.I16 => int16,
        ElementType.I8 => int8,
        ElementType.U8 => uint8,
        _ => ScalarType.Bool,
    };

    private static RawTensor Raw(Tensor tensor, ElementType type)
    {
        var stored = tensor.detach().to(type == ElementType.BF16 ? bfloat16 : float32, CPU).contiguous();
        return new RawTensor(type, tensor.shape, stored.bytes.ToArray());
    }
}
