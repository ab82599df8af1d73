using Google.Protobuf;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Core.VampFiles;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Sources;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.VampFiles;

/// <summary>
/// .vamp files (docs/vamp-format.md): what a request makes of a header and of the tokens. <see cref="VampFileLayout"/> has the bytes.
/// </summary>
internal static class VampFileFormat
{
    /// <summary>Path of a file in requests.</summary>
    public const string Field = "file";

    public static byte[] Write(VampFile file)
    {
        var header = VampFileHeaders.From(file);
        header.HasMask = MaskOfPrompt(header) is not { } known || !known.Hidden.SequenceEqual(file.Mask.Hidden);
        return VampFileLayout.Write(
            HeaderPacking.Pack(header).ToByteArray(), TokenCode.Encode(file.Mask, file.Channels, withMask: header.HasMask));
    }

    /// <summary>The bytes of a file that arrives in pieces.</summary>
    /// <exception cref="InvalidRequestException">it is none, or larger than a file of so many frames can be</exception>
    public static async Task<byte[]> CollectAsync(IAsyncEnumerable<ByteString> pieces, int maxFrames)
    {
        var maxBytes = VampFileLayout.MaxBytes(maxFrames);
        using var bytes = new MemoryStream();
        await foreach (var piece in pieces)
        {
            bytes.Write(piece.Span);
            // Somebody may be about to send a whole track.
            if (!VampFileLayout.CanStartWith(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)))
                throw Bad("is no .vamp file");
            if (bytes.Length > maxBytes)
                throw Bad($"is larger than {maxBytes} bytes");
        }
        return bytes.ToArray();
    }

    /// <param name="maxFrames">most that a file may hold</param>
    /// <exception cref="InvalidRequestException">
    /// on the field "file": it is none, damaged, of another version, or says what cannot be
    /// </exception>
    public static VampFile Read(byte[] bytes, int maxFrames)
    {
        try
        {
            var (packed, coded) = VampFileLayout.Read(bytes);
            var header = HeaderPacking.Unpack(VampFileHeader.Parser.ParseFrom(packed));
            HeaderChecks.Check(header, maxFrames);
            var known = header.HasMask ? null : MaskOfPrompt(header) ?? throw Bad("lacks the mask that its prompt needs");
            var (mask, channels) = TokenCode.Decode(coded, (int)header.Codebooks, (int)header.Frames, known, (int)header.Channels);
            return VampFileHeaders.ToFile(header, mask, channels);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw Bad($"has a header that cannot be read: {error.Message}");
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
        var stretch = (int)header.Config.TokenStretch;
        var framesOfPrompt = SourceLayout.PromptFramesOf(frames, stretch);
        var prompt = header.Config.Prompt.ToModel(path, codebooks, framesOfPrompt, PromptPreset.All);
        return prompt.Needs == PromptNeeds.Nothing
            ? PromptMapping.Checked(
                path, () => prompt.ToMask(new PromptScene(codebooks, framesOfPrompt, VampFileHeaders.Rate(header), header.Config.Seed)))
                .StretchFrames(stretch, frames)
            : null;
    }

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
/// <param name="Opening">how loud the source begins</param>
/// <param name="Model">of the weights: <see cref="ModelFingerprint"/></param>
/// <param name="Mask">of every channel</param>
/// <param name="Channels">1 or 2 grids of the whole track; MASK where the mask hides, once read</param>
internal sealed record VampFile(
    VampConfig Config,
    SourceInfo Source,
    FrameRate Rate,
    long Samples,
    double GainDb,
    OpeningLoudness Opening,
    byte[] Model,
    TokenMask Mask,
    IReadOnlyList<TokenGrid> Channels);
