using System.Runtime.InteropServices;
using VampNet.Core;
using VampNet.Protos.Inference;
using VampNet.Services.Hosting.Errors;
using Contents = VampNet.Protos.Inference.InferTensorContents;
using Input = VampNet.Protos.Inference.ModelInferRequest.Types.InferInputTensor;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>Reads the tensors of a request.</summary>
internal static class InferInputs
{
    /// <summary>The inputs by name: exactly those of the signature.</summary>
    /// <exception cref="InvalidRequestException">they are others, or their contents do not fit; says everything that is wrong</exception>
    public static IReadOnlyDictionary<string, InferTensor> Read(ModelInferRequest request, IReadOnlyList<TensorSpec> specs)
    {
        var checks = new RequestChecks();
        var names = specs.Select(spec => spec.Name).ToList();
        var raw = request.RawInputContents;
        checks.Require(
            request.Inputs.Count == specs.Count, "inputs",
            $"holds {request.Inputs.Count} tensors, this model takes {specs.Count}: {string.Join(", ", names)}");
        checks.Require(
            raw.Count == 0 || raw.Count == request.Inputs.Count, "raw_input_contents",
            $"holds {raw.Count} entries for {request.Inputs.Count} inputs");
        checks.ThrowIfAny();

        var tensors = new Dictionary<string, InferTensor>();
        for (var i = 0; i < specs.Count; i++)
        {
            var input = request.Inputs[i];
            var spec = specs.FirstOrDefault(spec => spec.Name == input.Name);
            var (field, quoted) = ($"inputs[{i}].name", InferFields.Quote(input.Name));
            if (!checks.Require(spec is not null, field, $"{quoted} is no input of this model; {InferFields.Known(names)}")
                || !checks.Require(!tensors.ContainsKey(input.Name), field, $"{quoted} comes twice")
                || !HasShape(input, spec!, checks))
                continue;
            var data = raw.Count > 0 ? Raw(input, raw[i].Memory, checks) : Typed(input, checks);
            tensors[input.Name] = new InferTensor(input.Name, input.Datatype, [.. input.Shape], data);
        }
        checks.ThrowIfAny();
        return tensors;
    }

    private static bool HasShape(Input input, TensorSpec spec, RequestChecks checks)
    {
        var field = InferFields.OfInput(spec.Name);
        var fits = input.Shape.Count == spec.Shape.Count
            && input.Shape.Zip(spec.Shape).All(
                size => size.First is >= 1 and <= int.MaxValue && (size.Second == TensorSpec.Any || size.First == size.Second));
        return checks.Require(
                input.Parameters.Count == 0, $"{field}.parameters",
                $"{InferFields.Quote(input.Parameters.Keys.FirstOrDefault() ?? "")} is unknown here; contents come in the request itself")
            & checks.Require(
                input.Datatype == spec.Type, $"{field}.datatype", $"is {InferFields.Quote(input.Datatype)}, expected {spec.Type}")
            & checks.Require(
                fits, $"{field}.shape", $"is {Text(input.Shape)}, expected {Text(spec.Shape)}, where -1 is any size from 1 on");
    }

    private static ReadOnlyMemory<byte> Raw(Input input, ReadOnlyMemory<byte> bytes, RequestChecks checks)
    {
        var field = InferFields.OfInput(input.Name);
        checks.Require(
            input.Contents is null, $"{field}.contents", "is there and raw_input_contents too; send the elements in one of them");
        checks.Require(
            bytes.Length == Elements(input) * ElementTypes.Bytes, $"{field}.raw_input_contents",
            $"has {bytes.Length} bytes, {Text(input.Shape)} of {input.Datatype} need {Elements(input) * ElementTypes.Bytes}");
        return bytes;
    }

    private static ReadOnlyMemory<byte> Typed(Input input, RequestChecks checks)
    {
        var field = InferFields.OfInput(input.Name);
        if (!checks.Require(input.Contents is not null, $"{field}.contents", "is missing, and there are no raw_input_contents"))
            return default;
        var contents = input.Contents!;
        var isFloat = input.Datatype == ElementTypes.Floats;
        var (own, count) = isFloat ? ("fp32_contents", contents.Fp32Contents.Count) : ("int_contents", contents.IntContents.Count);
        checks.Require(
            Count(contents) == count, $"{field}.contents",
            $"holds elements in another field than {own}, where those of {input.Datatype} go");
        checks.Require(
            count == Elements(input), $"{field}.contents.{own}", $"has {count} elements, {Text(input.Shape)} needs {Elements(input)}");
        return isFloat
            ? Floats.ToBytes([.. contents.Fp32Contents])
            : InferTensor.Of("", [.. contents.IntContents]).Data;
    }

    /// <summary>Elements of all types.</summary>
    private static int Count(Contents contents) =>
        contents.BoolContents.Count + contents.IntContents.Count + contents.Int64Contents.Count + contents.UintContents.Count
        + contents.Uint64Contents.Count + contents.Fp32Contents.Count + contents.Fp64Contents.Count + contents.BytesContents.Count;

    // Wide enough for any shape of a signature.
    private static Int128 Elements(Input input) => input.Shape.Aggregate((Int128)1, (product, size) => product * size);

    private static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape.Take(8))}{(shape.Count > 8 ? ", …" : "")}]";
}
