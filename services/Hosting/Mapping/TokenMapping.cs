using Google.Protobuf;
using VampNet.Core.Tokens;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Hosting.Errors;
using ModelMask = VampNet.Core.Tokens.TokenMask;
using ProtoMask = VampNet.Protos.Tokens.V1.TokenMask;

namespace VampNet.Services.Hosting.Mapping;

/// <summary>Tokens between the wire and the model.</summary>
public static class TokenMapping
{
    private const int MaxCodebooks = 64;

    /// <summary>A grid as a message of the same shape.</summary>
    public static TokenTensor ToProto(this TokenGrid tokens) =>
        new()
        {
            Codebooks = (uint)tokens.Codebooks,
            Frames = (uint)tokens.Frames,
            Data = UnsafeByteOperations.UnsafeWrap(tokens.ToBytes()),
        };

    /// <summary>What a message of a request holds.</summary>
    /// <param name="tensor">The message of the request; null where it has none.</param>
    /// <param name="field">The path of the tensor in the request.</param>
    /// <param name="maxFrames">How many frames are taken at most, at least 0.</param>
    /// <exception cref="InvalidRequestException">missing, a size out of bounds, or a token above MASK</exception>
    public static TokenGrid ToModel(this TokenTensor? tensor, string field, int maxFrames)
    {
        if (tensor is null)
            throw new InvalidRequestException(field, "is required");
        CheckShape(field, tensor.Codebooks, tensor.Frames, maxFrames, tensor.Data.Length, sizeof(ushort));
        try
        {
            return TokenGrid.FromBytes((int)tensor.Codebooks, (int)tensor.Frames, tensor.Data.Span);
        }
        catch (ArgumentException error)
        {
            throw new InvalidRequestException($"{field}.data", error);
        }
    }

    /// <inheritdoc cref="ToModel(TokenTensor?, string, int)"/>
    public static ModelMask ToModel(this ProtoMask mask, string field, int maxFrames)
    {
        CheckShape(field, mask.Codebooks, mask.Frames, maxFrames, mask.Data.Length, sizeof(byte));
        var hidden = new bool[mask.Data.Length];
        for (var i = 0; i < hidden.Length; i++)
        {
            hidden[i] = mask.Data[i] switch
            {
                0 => false,
                1 => true,
                var other => throw new InvalidRequestException($"{field}.data", $"byte {i} is {other}, expected 0 (visible) or 1 (hidden)"),
            };
        }
        return new ModelMask((int)mask.Codebooks, (int)mask.Frames, hidden);
    }

    private static void CheckShape(string field, uint codebooks, uint frames, int maxFrames, int bytes, int bytesPerToken)
    {
        if (codebooks is < 1 or > MaxCodebooks)
            throw new InvalidRequestException($"{field}.codebooks", $"is {codebooks}, expected 1 to {MaxCodebooks}");
        if (frames < 1 || frames > maxFrames)
            throw new InvalidRequestException($"{field}.frames", $"is {frames}, expected 1 to {maxFrames}");
        var expected = (long)codebooks * frames * bytesPerToken;
        if (bytes != expected)
            throw new InvalidRequestException(
                $"{field}.data", $"has {bytes} bytes, {codebooks} codebooks x {frames} frames need {expected}");
    }
}
