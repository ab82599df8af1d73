using System.Buffers.Binary;
using System.IO.Hashing;
using FsCheck;
using FsCheck.Fluent;
using VampNet.Client;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Core.VampFiles;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Sources;
using VampNet.Gateway.Tests.Requests;
using VampNet.Gateway.VampFiles;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Testing;
using Prompt = VampNet.Protos.Prompt.V1.Prompt;

namespace VampNet.Gateway.Tests.VampFiles;

public class VampFileTests
{
    private const int Frames = 40;

    public static TheoryData<string> Kinds => new(Tests.Requests.Prompts.ByKind.Keys);

    [Theory, MemberData(nameof(Kinds))]
    public void A_file_gives_back_what_it_was_made_of(string kind) =>
        AssertRoundTrip(File(Tests.Requests.Prompts.ByKind[kind], channels: 1));

    [Fact]
    public void Any_prompt_and_any_mask_come_back() => Prop.ForAll(
        Tests.Requests.Prompts.Any(2).ToArbitrary(), Gen.Choose(1, 2).ToArbitrary(), ArbMap.Default.ArbFor<bool>(),
        (prompt, channels, isOwnMask) =>
        {
            var file = File(prompt, channels);
            // A pipeline may hide more than the prompt does, as at the joins of repeats.
            AssertRoundTrip(isOwnMask ? file : file with { Mask = file.Mask.HideFrames([3, 4, 30]) });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Everything_that_is_not_usual_survives()
    {
        var file = File(Tests.Requests.Prompts.ByKind["periodic"], channels: 2);
        file.Config.CoarseSampling = new Sampling
        {
            Steps = 3,
            Temperature = 0.8f,
            MaskTemperature = 0,
            TopP = 0.9f,
            SampleCutoff = 0.5f,
            Mode = SamplingMode.Upstream,
            Typical = new TypicalFilter { Mass = 0.2f, MinTokens = 9 },
        };
        file.Config.FineSampling = new Sampling
        {
            Steps = 12,
            Temperature = 1,
            MaskTemperature = 10.5f,
            SampleCutoff = 1,
            Mode = SamplingMode.Paper,
            TopK = 5,
        };
        (file.Config.Model, file.Config.Feedback, file.Config.Stretch, file.Config.Stereo, file.Config.Seed) =
            ("piano", 3, 1.5, StereoPolicy.Dual, ulong.MaxValue);
        (file.Config.Repeat, file.Config.ExtendAfterSeconds, file.Config.PitchSemitones, file.Config.TokenStretch) = (2, 0.1, -3, 4);
        AssertRoundTrip(file with
        {
            Rate = new FrameRate(48_000, 1_024),
            GainDb = -3.25,
            Samples = 40_000,
            Opening = new OpeningLoudness(-69.99, [-70, -68.53, -69.99]),
            Source = new SourceInfo { SampleRate = 22_050, Channels = 6, Seconds = 12_345 / 22_050.0, LoudnessLufs = -70 },
        });
    }

    [Fact]
    public void What_a_caller_wants_of_the_answer_is_not_stored()
    {
        var file = File(Tests.Requests.Prompts.ByKind["all"], channels: 1);
        var asked = file.Config.Clone();
        (asked.Input, asked.Output) = (new InputFormat { Channels = 2 }, new OutputFormat { SampleRate = 8_000 });
        (asked.Variations, asked.MatchSource, asked.ReturnMask, asked.ReturnTokens) = (9, true, true, true);
        Assert.Equal(VampFileFormat.Write(file), VampFileFormat.Write(file with { Config = asked }));
    }

    [Theory]
    [InlineData("compression", 40)]
    [InlineData("bitrate", 46)]
    [InlineData("preset", 71)]
    public void All_but_the_tokens_takes_tens_of_bytes(string kind, int most)
    {
        var file = File(Tests.Requests.Prompts.ByKind[kind], channels: 1);
        var tokens = VampNet.Core.VampFiles.TokenCode.Encode(file.Mask, file.Channels, withMask: false);
        Assert.InRange(VampFileFormat.Write(file).Length - tokens.Length, 20, most);
    }

    /// <summary>The n-th byte of the header is what the page on the format says.</summary>
    [Fact]
    public void The_bytes_are_those_of_the_page_on_the_format()
    {
        var bytes = VampFileFormat.Write(File(Tests.Requests.Prompts.ByKind["compression"], channels: 1));
        Assert.Equal("VAMP\u0001"u8, bytes.AsSpan(0, 5));
        var header = VampFileHeader.Parser.ParseFrom(bytes, 6, bytes[5]);
        Assert.Equal(
            (0u, (uint)Frames, 0u, 0u, 0u, false),
            (header.Codebooks, header.Frames, header.SampleRate, header.Hop, header.Channels, header.HasMask));
        Assert.Equal(0xCBF43926, Crc32.HashToUInt32("123456789"u8)); // the check value of CRC-32/ISO-HDLC
        Assert.Equal(Crc32.HashToUInt32(bytes.AsSpan(0, bytes.Length - 4)), BitConverter.ToUInt32(bytes, bytes.Length - 4));
    }

    [Fact]
    public void Every_damaged_byte_is_noticed()
    {
        var bytes = VampFileFormat.Write(File(Tests.Requests.Prompts.ByKind["beats"], channels: 1));
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x10;
            Assert.Equal("file", Assert.Single(Refused(damaged).Violations).Field);
            Assert.Equal("file", Assert.Single(Refused(bytes[..i]).Violations).Field);
        }
        Assert.Contains("no .vamp file", Refused("RIFF"u8.ToArray()).Message, StringComparison.Ordinal);
        Assert.Contains("version 2", Refused([.. "VAMP\u0002"u8, 0, 0, 0, 0, 0]).Message, StringComparison.Ordinal);
        Assert.Contains("checksum", Refused([.. bytes, 0]).Message, StringComparison.Ordinal);
    }

    /// <summary>Damage under a checksum that matches: the work of a stranger, not of a disk.</summary>
    [Fact]
    public void Hostile_files_are_refused_or_read_but_never_break_the_reader()
    {
        var random = new Random(5);
        var refused = 0;
        foreach (var kind in new[] { "beats", "periodic", "mask", "any_of" })
        {
            var bytes = VampFileFormat.Write(File(Tests.Requests.Prompts.ByKind[kind], channels: 2));
            for (var i = 0; i < 500; i++)
            {
                var hostile = bytes.ToArray();
                for (var n = random.Next(1, 4); n > 0; n--)
                    hostile[random.Next(5, hostile.Length - 4)] = (byte)random.Next(256);
                Seal(hostile);
                try
                {
                    var file = VampFileFormat.Read(hostile, Frames);
                    Assert.All(file.Channels, c => Assert.Equal(file.Mask.HiddenCount, c.Data.Count(TokenGrid.Mask)));
                }
                catch (InvalidRequestException)
                {
                    refused++;
                }
            }
        }
        Assert.InRange(refused, 150, 1_999);
    }

    public static TheoryData<string> BadHeaders => new(HeaderCases.Keys);

    private static readonly Dictionary<string, Action<VampFileHeader>> HeaderCases = new()
    {
        ["config.prompt"] = h => h.Config.Prompt = null,
        ["config.prompt.compression.codebooks"] = h => h.Config.Prompt.Compression.Codebooks = 15,
        ["config.seed"] = h => h.Config.ClearSeed(),
        ["config.token_stretch"] = h => h.Config.TokenStretch = 65,
        ["model"] = h => h.Model = Google.Protobuf.ByteString.Empty,
        ["codebooks"] = h => h.Codebooks = uint.MaxValue,
        ["frames"] = h => h.Frames = Frames + 1,
        ["samples"] = h => h.Samples = Frames * 768 + 1,
        ["sample_rate"] = h => h.SampleRate = 1_000_001,
        ["hop"] = h => h.Hop = 1 << 20,
        ["channels"] = h => h.Channels = 3,
        ["gain_hundredths"] = h => h.GainHundredths = 10_001,
        ["loudness_hundredths"] = h => h.LoudnessHundredths = int.MinValue,
        ["opening_hundredths"] = h => h.OpeningHundredths = int.MaxValue,
        ["source_sample_rate"] = h => h.SourceSampleRate = uint.MaxValue,
        ["source_channels"] = h => h.SourceChannels = 65,
        ["source_samples"] = h => h.SourceSamples = ulong.MaxValue,
    };

    [Theory, MemberData(nameof(BadHeaders))]
    public void A_header_that_cannot_be_is_refused_by_field(string field)
    {
        var bytes = VampFileFormat.Write(File(Tests.Requests.Prompts.ByKind["compression"], channels: 1));
        var header = VampFileHeader.Parser.ParseFrom(bytes, 6, bytes[5]);
        HeaderCases[field](header);
        using var changed = new MemoryStream();
        changed.Write(bytes, 0, 5);
        Google.Protobuf.MessageExtensions.WriteDelimitedTo(header, changed);
        changed.Write(bytes.AsSpan(6 + bytes[5]));
        Assert.Contains($"file.header.{field}", Refused(Seal(changed.ToArray())).Violations.Select(v => v.Field));
    }

    [Fact]
    public void A_prompt_that_needs_the_source_needs_its_mask()
    {
        var bytes = VampFileFormat.Write(File(Tests.Requests.Prompts.ByKind["onsets"], channels: 1));
        var header = VampFileHeader.Parser.ParseFrom(bytes, 6, bytes[5]);
        Assert.True(header.HasMask);
        header.HasMask = false;
        using var changed = new MemoryStream();
        changed.Write(bytes, 0, 5);
        Google.Protobuf.MessageExtensions.WriteDelimitedTo(header, changed);
        changed.Write(bytes.AsSpan(6 + bytes[5]));
        Assert.Contains("lacks the mask", Refused(Seal(changed.ToArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprints_tell_models_apart()
    {
        string a = new('a', 64), b = new('b', 64);
        Assert.Equal(ModelFingerprint.Length, ModelFingerprint.Of(a, a, b).Length);
        Assert.Equal(
            3, new[] { ModelFingerprint.Of(a, a, b), ModelFingerprint.Of(a, b, a), ModelFingerprint.Of(b, a, a) }.Select(
                Convert.ToHexString).Distinct().Count());
    }

    private static InvalidRequestException Refused(byte[] bytes) =>
        Assert.Throws<InvalidRequestException>(() => VampFileFormat.Read(bytes, Frames));

    private static byte[] Seal(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Crc32.HashToUInt32(bytes.AsSpan(0, bytes.Length - 4)));
        return bytes;
    }

    private static void AssertRoundTrip(VampFile file)
    {
        var read = VampFileFormat.Read(VampFileFormat.Write(file), Frames);
        Assert.Equal(file.Mask.Hidden.ToArray(), read.Mask.Hidden.ToArray());
        Assert.Equal(file.Channels.Count, read.Channels.Count);
        foreach (var (before, after) in file.Channels.Zip(read.Channels))
            Assert.Equal(file.Mask.Apply(before).Data.ToArray(), after.Data.ToArray());
        var config = file.Config.Clone();
        if (config.Prompt.HoldsMask())
            config.Prompt = read.Config.Prompt;
        Assert.Equal(config, read.Config);
        Assert.Equal(file.Source, read.Source);
        Assert.Equal(
            (file.Rate, file.Samples, file.GainDb, file.Opening.All), (read.Rate, read.Samples, read.GainDb, read.Opening.All));
        Assert.Equal(file.Opening.EarlyTenths, read.Opening.EarlyTenths);
        Assert.Equal(file.Model, read.Model);
        // A prompt that holds a mask has become one.
        Assert.Equal(file.Config.Prompt.HoldsMask(), read.Config.Prompt.KindCase == Prompt.KindOneofCase.Mask);
    }

    /// <summary>A track of noise under a prompt, with effective settings as the gateway has them.</summary>
    private static VampFile File(Prompt prompt, int channels)
    {
        var random = new Random(3);
        var model = prompt.ToModel("config.prompt", 14, Frames, PromptPreset.All);
        var config = new VampConfig
        {
            Prompt = model.ToProto(),
            Seed = 7,
            CoarseSampling = new Sampling
            {
                Steps = 12,
                Temperature = 1,
                MaskTemperature = 10.5f,
                SampleCutoff = 1,
                Mode = SamplingMode.Paper,
            },
            FineSampling = new Sampling
            {
                Steps = 12,
                Temperature = 1,
                MaskTemperature = 10.5f,
                SampleCutoff = 1,
                Mode = SamplingMode.Paper,
            },
        };
        (config.Feedback, config.Repeat, config.Stretch, config.TokenStretch, config.Stereo) = (1, 1, 1, 1, StereoPolicy.Mono);
        var source = new SourceInfo
        {
            SampleRate = 44_100,
            Channels = (uint)channels,
            Seconds = 30_000 / 44_100.0,
            LoudnessLufs = Math.Round(-24 - 5.1234, 2),
        };
        var mask = model.ToMask(PromptMappingTests.Scene with { Seed = 7 });
        var grids = Enumerable.Range(0, channels)
            .Select(_ => new TokenGrid(14, Frames, [.. Enumerable.Range(0, 14 * Frames).Select(_ => (ushort)random.Next(1024))])).ToArray();
        return new VampFile(
            config, source, FrameRate.VampNet, 30_000, Math.Round(5.1234, 2), new OpeningLoudness(source.LoudnessLufs, []),
            [1, 2, 3, 4, 5, 6, 7, 8], mask, grids);
    }
}
