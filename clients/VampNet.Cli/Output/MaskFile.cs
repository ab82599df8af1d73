using Google.Protobuf;
using VampNet.Model.Checkpoints;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Cli.Output;

/// <summary>A mask on disk: a safetensors file with one tensor <c>mask</c>, BOOL or U8 (codebooks, frames), 1 = hidden.</summary>
internal static class MaskFile
{
    private const string TensorName = "mask";

    /// <exception cref="BadInputException">not such a file</exception>
    public static TokenMask Read(string path)
    {
        try
        {
            using var stream = Requirements.OpenInput(path);
            var tensor = Safetensors.Read(stream, path)[TensorName];
            return tensor.Type is ElementType.BOOL or ElementType.U8 && tensor.Shape.Length == 2
                ? new TokenMask
                {
                    Codebooks = (uint)tensor.Shape[0],
                    Frames = (uint)tensor.Shape[1],
                    Data = UnsafeByteOperations.UnsafeWrap(tensor.Data),
                }
                : throw new BadInputException($"{path}: the mask is {tensor}, expected BOOL or U8 (codebooks, frames)");
        }
        catch (CheckpointException error)
        {
            throw new BadInputException($"{path} is no mask file: {error.Message}");
        }
    }
}
