using Google.Protobuf;
using VampNet.Core.Tokens;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>Tokens and audio between tensors and the stages' own messages.</summary>
public static class TensorMapping
{
    /// <summary>Tokens of a tensor [codebooks, frames] as a message, which the stage checks further.</summary>
    /// <exception cref="InvalidRequestException">an element is no token</exception>
    public static TokenTensor ToTokens(this InferTensor tensor)
    {
        var values = tensor.Integers();
        if (values.AsSpan().IndexOfAnyExceptInRange(0, TokenGrid.Mask) is var wrong and >= 0)
            throw new InvalidRequestException(
                InferFields.OfInput(tensor.Name),
                $"element {wrong} is {values[wrong]}, expected 0 to {TokenGrid.Mask} ({TokenGrid.Mask} = MASK)");
        var (codebooks, frames) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        return new TokenGrid(codebooks, frames, Array.ConvertAll(values, value => (ushort)value)).ToProto();
    }

    /// <summary>Blocks of tokens that follow each other in time as a tensor [codebooks, frames].</summary>
    public static InferTensor ToTensor(this IEnumerable<TokenTensor> blocks, string name)
    {
        var grid = TokenGrid.ConcatFrames([.. blocks.Select(block => block.ToModel(name, (int)block.Frames))]);
        return InferTensor.Of(name, Array.ConvertAll(grid.Data.ToArray(), token => (int)token), grid.Codebooks, grid.Frames);
    }

    /// <summary>Samples of a tensor as the bytes of 32-bit PCM: they are the same.</summary>
    public static ByteString ToPcm(this InferTensor tensor) => UnsafeByteOperations.UnsafeWrap(tensor.Data);
}
