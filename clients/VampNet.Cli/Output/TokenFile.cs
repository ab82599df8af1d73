using System.Globalization;
using Google.Protobuf;
using VampNet.Client;
using VampNet.Model.Checkpoints;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Cli.Output;

/// <summary>
/// Tokens on disk: a safetensors file with one tensor <c>tokens</c>, I16 (codebooks, frames), and what decoding needs
/// to know in its metadata.
/// </summary>
/// <param name="Tokens">the grid</param>
/// <param name="Samples">length of the audio at the codec's rate</param>
/// <param name="GainDb">that brought the source to the loudness of the codec</param>
internal sealed record TokenFile(TokenTensor Tokens, ulong Samples, double GainDb)
{
    /// <summary>What such files are called.</summary>
    public const string Extension = ".tokens";

    private const string TensorName = "tokens";
    private const string SamplesKey = "samples";
    private const string GainKey = "gain_db";

    public static TokenFile From(EncodedAudio audio) => new(audio.Tokens, audio.Header.Samples, audio.Header.GainDb);

    public void Write(Stream stream)
    {
        var tensor = new RawTensor(ElementType.I16, [Tokens.Codebooks, Tokens.Frames], Tokens.Data.Memory);
        var metadata = new Dictionary<string, string>
        {
            [SamplesKey] = Samples.ToString(CultureInfo.InvariantCulture),
            [GainKey] = GainDb.ToString("R", CultureInfo.InvariantCulture),
        };
        Safetensors.Write(stream, new TensorTable(TensorName, new Dictionary<string, RawTensor> { [TensorName] = tensor }, metadata));
    }

    /// <exception cref="BadInputException">not such a file</exception>
    public static async Task<TokenFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await StandardStreams.OpenInputAsync(path, cancellationToken);
            var table = Safetensors.Read(stream, path);
            var tensor = table[TensorName];
            if (tensor.Type != ElementType.I16 || tensor.Shape.Length != 2)
                throw new BadInputException($"{path}: tokens are {tensor}, expected I16 (codebooks, frames)");
            return new TokenFile(
                new TokenTensor
                {
                    Codebooks = (uint)tensor.Shape[0],
                    Frames = (uint)tensor.Shape[1],
                    Data = UnsafeByteOperations.UnsafeWrap(tensor.Data),
                },
                ulong.Parse(table.Metadata[SamplesKey], CultureInfo.InvariantCulture),
                double.Parse(table.Metadata[GainKey], CultureInfo.InvariantCulture));
        }
        catch (CheckpointException error)
        {
            throw new BadInputException($"{path} is no token file: {error.Message}");
        }
        catch (Exception error) when (error is KeyNotFoundException or FormatException or OverflowException)
        {
            throw new BadInputException($"{path} is no token file: its metadata \"{SamplesKey}\" or \"{GainKey}\" is missing or no number");
        }
    }
}

/// <summary>A mask on disk: a safetensors file with one tensor <c>mask</c>, BOOL or U8 (codebooks, frames), 1 = hidden.</summary>
internal static class MaskFile
{
    private const string TensorName = "mask";

    /// <exception cref="BadInputException">not such a file</exception>
    public static TokenMask Read(string path)
    {
        try
        {
            Requirements.HasFile(path);
            using var stream = File.OpenRead(path);
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
