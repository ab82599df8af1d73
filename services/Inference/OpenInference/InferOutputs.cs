using Google.Protobuf;
using VampNet.Core;
using VampNet.Protos.Inference;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>Writes the tensors of an answer.</summary>
internal static class InferOutputs
{
    /// <summary>The names of the outputs that a request wants, in its order.</summary>
    /// <exception cref="InvalidRequestException">the model does not have one of them</exception>
    public static IReadOnlyList<string> Wanted(ModelInferRequest request, IReadOnlyList<TensorSpec> specs)
    {
        var names = specs.Select(spec => spec.Name).ToList();
        if (request.Outputs.Count == 0)
            return names;
        var wanted = new List<string>();
        for (var i = 0; i < request.Outputs.Count; i++)
        {
            var output = request.Outputs[i];
            if (!names.Contains(output.Name))
                throw new InvalidRequestException(
                    $"outputs[{i}].name", $"{InferFields.Quote(output.Name)} is no output of this model; {InferFields.Known(names)}");
            if (wanted.Contains(output.Name))
                throw new InvalidRequestException($"outputs[{i}].name", $"{InferFields.Quote(output.Name)} comes twice");
            if (output.Parameters.Count > 0)
                throw new InvalidRequestException(
                    $"outputs[{i}].parameters", $"{InferFields.Quote(output.Parameters.Keys.First())} is unknown here");
            wanted.Add(output.Name);
        }
        return wanted;
    }

    /// <summary>Puts the tensors into an answer: as raw bytes where the request came so, otherwise in their types.</summary>
    public static void Write(ModelInferResponse response, IEnumerable<InferTensor> tensors, bool isRaw)
    {
        foreach (var tensor in tensors)
        {
            var output = new ModelInferResponse.Types.InferOutputTensor
            {
                Name = tensor.Name,
                Datatype = tensor.Type,
                Shape = { tensor.Shape },
            };
            if (isRaw)
                response.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(tensor.Data));
            else if (tensor.Type == ElementTypes.Floats)
                output.Contents = new InferTensorContents { Fp32Contents = { Floats.FromBytes(tensor.Data.Span) } };
            else
                output.Contents = new InferTensorContents { IntContents = { tensor.Integers() } };
            response.Outputs.Add(output);
        }
    }
}
