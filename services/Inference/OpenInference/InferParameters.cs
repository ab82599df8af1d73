using System.Globalization;
using VampNet.Protos.Inference;
using VampNet.Services.Hosting.Errors;
using Choice = VampNet.Protos.Inference.InferParameter.ParameterChoiceOneofCase;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>
/// The parameters of a request. Numbers may come as text, too: some clients know no others than whole numbers, and none above those of
/// 64 bits with a sign.
/// </summary>
public sealed class InferParameters
{
    private readonly IDictionary<string, InferParameter> _values;

    /// <param name="values">The parameters by name.</param>
    /// <param name="known">The names that the model knows.</param>
    /// <exception cref="InvalidRequestException">one is none of them: it would be ignored without a word</exception>
    internal InferParameters(IDictionary<string, InferParameter> values, IReadOnlyList<string> known)
    {
        if (values.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new InvalidRequestException(
                "parameters", $"{InferFields.Quote(unknown)} is no parameter of this model; {InferFields.Known(known)}");
        _values = values;
    }

    /// <summary>A whole number, at least 0; null where the request has none of that name.</summary>
    /// <exception cref="InvalidRequestException">it is something else</exception>
    public ulong? ReadUInt64(string name) => Read<ulong>(name, "a whole number, at least 0", value => value.ParameterChoiceCase switch
    {
        Choice.Uint64Param => value.Uint64Param,
        Choice.Int64Param when value.Int64Param >= 0 => (ulong)value.Int64Param,
        Choice.StringParam when ulong.TryParse(
            value.StringParam, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    });

    /// <summary>A whole number of 32 bits; null where the request has none of that name.</summary>
    /// <inheritdoc cref="ReadUInt64"/>
    public int? ReadInt32(string name) => Read<int>(name, "a whole number of 32 bits", value => value.ParameterChoiceCase switch
    {
        Choice.Int64Param when (int)value.Int64Param == value.Int64Param => (int)value.Int64Param,
        Choice.Uint64Param when value.Uint64Param <= int.MaxValue => (int)value.Uint64Param,
        Choice.StringParam when int.TryParse(
            value.StringParam, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    });

    /// <summary>A number; null where the request has none of that name.</summary>
    /// <inheritdoc cref="ReadUInt64"/>
    public double? ReadDouble(string name) => Read<double>(name, "a number", value => value.ParameterChoiceCase switch
    {
        Choice.DoubleParam => value.DoubleParam,
        Choice.Int64Param => value.Int64Param,
        Choice.Uint64Param => value.Uint64Param,
        Choice.StringParam when double.TryParse(value.StringParam, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    });

    private T? Read<T>(string name, string expected, Func<InferParameter, T?> read)
        where T : struct =>
        _values.TryGetValue(name, out var value)
            ? read(value) ?? throw new InvalidRequestException($"parameters.{name}", $"expected {expected}")
            : null;
}
