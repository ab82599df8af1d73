using System.Diagnostics.CodeAnalysis;

namespace VampNet.Model.Checkpoints;

/// <summary>
/// Named tensors and metadata of one weight file. Names are those of the reference's state dicts, such as
/// <c>transformer.layers.0.self_attn.w_qs.weight</c>.
/// </summary>
/// <param name="source">where they come from, for messages</param>
/// <param name="tensors">in the order of the file</param>
/// <param name="metadata">free strings; hyper-parameters are JSON under <see cref="HyperParameters.MetadataKey"/></param>
public sealed class TensorTable(string source, IReadOnlyDictionary<string, RawTensor> tensors, IReadOnlyDictionary<string, string> metadata)
{
    public string Source { get; } = source;

    public IReadOnlyDictionary<string, RawTensor> Tensors { get; } = tensors;

    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata;

    /// <exception cref="CheckpointException">there is no such tensor</exception>
    public RawTensor this[string name] =>
        TryGet(name, out var tensor) ? tensor : throw new CheckpointException(Source, $"tensor '{name}' is missing");

    public bool TryGet(string name, [NotNullWhen(true)] out RawTensor? tensor) => Tensors.TryGetValue(name, out tensor);

    /// <summary>The tensor, which must have this shape.</summary>
    /// <exception cref="CheckpointException">it is missing, or has another shape</exception>
    public RawTensor Get(string name, params ReadOnlySpan<long> shape)
    {
        var tensor = this[name];
        return tensor.Shape.SequenceEqual(shape)
            ? tensor
            : throw new CheckpointException(Source, $"tensor '{name}' is {tensor}, expected shape ({string.Join(", ", shape.ToArray())})");
    }

    /// <summary>Checks that a tensor has the shape that hyper-parameters ask for, before anything is built of them.</summary>
    /// <param name="arguments">which hyper-parameters, for messages</param>
    /// <exception cref="CheckpointException">it is missing, or has another shape</exception>
    internal void Fit(string arguments, string name, params ReadOnlySpan<long> shape)
    {
        if (!TryGet(name, out var tensor))
            throw new CheckpointException(Source, $"tensor '{name}' is missing, which the hyper-parameters {arguments} ask for");
        if (!tensor.Shape.SequenceEqual(shape))
            throw new CheckpointException(
                Source, $"tensor '{name}' is {tensor}, but the hyper-parameters {arguments} ask for shape "
                    + $"({string.Join(", ", shape.ToArray())})");
    }

    /// <summary>What the file says about the model's size, empty where it says nothing.</summary>
    /// <exception cref="CheckpointException">the metadata is not understood</exception>
    public HyperParameters HyperParameters() => Checkpoints.HyperParameters.Parse(
        Metadata.TryGetValue(Checkpoints.HyperParameters.MetadataKey, out var json) ? json : "{}", Source);
}
