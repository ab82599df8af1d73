using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Google.Protobuf;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Core.VampFiles;
using VampNet.Gateway.Requests;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.VampFiles;

/// <summary>
/// The bytes of .vamp files, version 1 (docs/vamp-format.md): magic, version, header, coded tokens, checksum.
/// </summary>
internal static class VampFileFormat
{
    /// <summary>Path of a file in requests.</summary>
    public const string Field = "file";

    private const byte Version = 1;
    private const int ChecksumBytes = sizeof(uint);
    private const int MaxHeaderBytes = 1 << 16;

    private static ReadOnlySpan<byte> Magic => "VAMP"u8;

    public static byte[] Write(VampFile file)
    {
        var header = VampFileHeaders.From(file);
        header.HasMask = MaskOfPrompt(header) is not { } known || !known.Hidden.SequenceEqual(file.Mask.Hidden);
        var coded = TokenCode.Encode(file.Mask, file.Channels, header.HasMask);

        using var bytes = new MemoryStream();
        bytes.Write([.. Magic, Version]);
        HeaderPacking.Pack(header).WriteDelimitedTo(bytes);
        bytes.Write(coded);
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Crc32.HashToUInt32(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        bytes.Write(checksum);
        return bytes.ToArray();
    }

    /// <summary>The bytes of a file that arrives in pieces.</summary>
    /// <exception cref="InvalidRequestException">more bytes than a file of so many frames can have</exception>
    public static async Task<ReadOnlyMemory<byte>> CollectAsync(IAsyncEnumerable<ByteString> pieces, int maxFrames)
    {
        // Two channels of all codebooks cost less than 64 bytes a frame.
        var maxBytes = MaxHeaderBytes + 64L * maxFrames;
        var bytes = new MemoryStream();
        await foreach (var piece in pieces)
        {
            bytes.Write(piece.Span);
            // Somebody may be about to send a whole track.
            if (bytes.Length >= Magic.Length && !bytes.GetBuffer().AsSpan().StartsWith(Magic))
                throw NoVampFile();
            if (bytes.Length > maxBytes)
                throw Bad($"is larger than {maxBytes} bytes");
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <param name="maxFrames">most that a file may hold</param>
    /// <exception cref="InvalidRequestException">
    /// on the field "file": it is none, damaged, of another version, or says what cannot be
    /// </exception>
    public static VampFile Read(ReadOnlyMemory<byte> bytes, int maxFrames)
    {
        var span = bytes.Span;
        if (!span.StartsWith(Magic))
            throw NoVampFile();
        if (span.Length < Magic.Length + 1 + ChecksumBytes)
            throw Bad("is cut off");
        if (span[Magic.Length] != Version)
            throw Bad($"is of version {span[Magic.Length]} of the format; this gateway reads version {Version}");
        var content = bytes[..^ChecksumBytes];
        if (Crc32.HashToUInt32(content.Span) != BinaryPrimitives.ReadUInt32LittleEndian(span[^ChecksumBytes..]))
            throw Bad("is damaged: its checksum does not match");

        var (header, coded) = ReadHeader(content[(Magic.Length + 1)..]);
        HeaderChecks.Check(header, maxFrames);
        var mask = header.HasMask ? null : MaskOfPrompt(header) ?? throw Bad("lacks the mask that its prompt needs");
        var (found, channels) = Decode(header, coded, mask);
        return VampFileHeaders.ToFile(header, found, channels);
    }

    private static (VampFileHeader Header, ReadOnlyMemory<byte> Coded) ReadHeader(ReadOnlyMemory<byte> content)
    {
        try
        {
            var input = new CodedInputStream(content[..Math.Min(content.Length, MaxHeaderBytes)].ToArray());
            var header = new VampFileHeader();
            input.ReadMessage(header);
            return (HeaderPacking.Unpack(header), content[(int)input.Position..]);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw Bad($"has a header that cannot be read: {error.Message}");
        }
    }

    private static (TokenMask Mask, IReadOnlyList<TokenGrid> Channels) Decode(
        VampFileHeader header, ReadOnlyMemory<byte> coded, TokenMask? mask)
    {
        try
        {
            return TokenCode.Decode(coded, (int)header.Codebooks, (int)header.Frames, mask, (int)header.Channels);
        }
        catch (InvalidDataException error)
        {
            throw Bad(error.Message);
        }
    }

    /// <summary>The mask, where the prompt alone gives it.</summary>
    private static TokenMask? MaskOfPrompt(VampFileHeader header)
    {
        if (header.Config.Prompt.HoldsMask())
            return null;
        var path = $"{Field}.header.config.prompt";
        var (codebooks, frames) = ((int)header.Codebooks, (int)header.Frames);
        var prompt = header.Config.Prompt.ToModel(path, codebooks, frames, PromptPreset.All);
        return prompt.Needs == PromptNeeds.Nothing
            ? PromptMapping.Checked(
                path, () => prompt.ToMask(new PromptScene(codebooks, frames, VampFileHeaders.Rate(header), header.Config.Seed)))
            : null;
    }

    private static InvalidRequestException NoVampFile() => Bad("is no .vamp file");

    private static InvalidRequestException Bad(string problem) => new(Field, problem);
}

/// <summary>
/// What a .vamp file holds: the tokens that a prompt keeps of a source, and all that it takes to generate the rest again.
/// Loudness and gain are kept to a hundredth of a decibel.
/// </summary>
/// <param name="Config">the effective settings; after reading, an explicit mask anywhere in the prompt has become the prompt</param>
/// <param name="Source">what was sent</param>
/// <param name="Rate">of the codec</param>
/// <param name="Samples">of the source's part of the track, at the codec's rate</param>
/// <param name="GainDb">what brought the source to the loudness of the codec</param>
/// <param name="OpeningLoudness">of the first ten seconds of the source, in LUFS</param>
/// <param name="Model">of the weights: <see cref="ModelFingerprint"/></param>
/// <param name="Mask">of every channel</param>
/// <param name="Channels">1 or 2 grids of the whole track; MASK where the mask hides, once read</param>
internal sealed record VampFile(
    VampConfig Config,
    SourceInfo Source,
    FrameRate Rate,
    long Samples,
    double GainDb,
    double OpeningLoudness,
    byte[] Model,
    TokenMask Mask,
    IReadOnlyList<TokenGrid> Channels);

/// <summary>Which weights a .vamp file is for, in a few bytes.</summary>
internal static class ModelFingerprint
{
    public const int Length = 8;

    /// <summary>Of the SHA-256s of the three models, as the stages report them.</summary>
    /// <param name="codec">64 hexadecimal digits, and so the others</param>
    public static byte[] Of(string codec, string coarse, string fine) =>
        SHA256.HashData([.. Convert.FromHexString(codec), .. Convert.FromHexString(coarse), .. Convert.FromHexString(fine)])[..Length];
}
