using Google.Protobuf;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Mesh.Tests.Support;

internal static class Tokens
{
    /// <summary>All MASK but for the conditioning codebooks, which count up.</summary>
    public static TokenTensor Masked(uint codebooks, uint frames, uint conditioning) =>
        Of(codebooks, frames, i => i < conditioning * frames ? i % 1024 : 1024);

    public static TokenTensor Of(uint codebooks, uint frames, Func<int, int> token)
    {
        var data = new byte[codebooks * frames * 2];
        for (var i = 0; i < data.Length / 2; i++)
            (data[2 * i], data[2 * i + 1]) = ((byte)token(i), (byte)(token(i) >> 8));
        return new TokenTensor { Codebooks = codebooks, Frames = frames, Data = ByteString.CopyFrom(data) };
    }

    public static int[] Codes(TokenTensor tokens) => [.. tokens.Data.ToByteArray().Chunk(2).Select(b => b[0] | (b[1] << 8))];
}
