using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Google.Protobuf;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Audio.Files.Structure;
using VampNet.Audio.Processing;
using VampNet.Client;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Gateway.Requests;
using VampNet.Gateway.VampFiles;
using VampNet.Mesh.Tests.Soak;
using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Packages;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;
using VampNet.Testing;
using Prompt = VampNet.Protos.Prompt.V1.Prompt;
using TokenMask = VampNet.Protos.Tokens.V1.TokenMask;

namespace VampNet.Mesh.Tests.Fuzz;

/// <summary>One kind of bytes that strangers send.</summary>
/// <param name="Name">of the kind</param>
/// <param name="Seed">good bytes, drawn at random</param>
/// <param name="Read">as a server reads them</param>
/// <param name="IsRefusal">whether an exception is what the client, or whoever converts a file, is to be told</param>
internal sealed record FuzzTarget(string Name, Func<Random, byte[]> Seed, Action<byte[]> Read, Func<Exception, bool> IsRefusal)
{
    private const int Codebooks = 14, MaxFrames = 2_000;

    private static readonly MeshLimits Limits = new() { MaxSeconds = Support.Mesh.MaxSeconds };

    /// <summary>Damages good bytes.</summary>
    public Func<byte[], Random, byte[]> Damage { get; init; } = Testing.Damage.Bytes;

    /// <summary>All that are read without a server.</summary>
    /// <param name="package">folder of a model package</param>
    /// <param name="vampFiles">good ones</param>
    public static IReadOnlyList<FuzzTarget> Readers(string package, IReadOnlyList<byte[]> vampFiles) =>
    [
        Audio("WAV", AudioFormat.Wav16, AudioFormat.Wav24, AudioFormat.WavFloat),
        Audio("FLAC", AudioFormat.Flac) with { Damage = Repaired(FixFlacHeaders) },
        Audio("Ogg", AudioFormat.OggVorbis, AudioFormat.Opus) with { Damage = Repaired(FixOggPages) },
        Audio("MP3", AudioFormat.Mp3),
        Audio("AIFF", AudioFormat.Aiff16, AudioFormat.Aiff24, AudioFormat.AiffFloat),
        new(".vamp", random => random.One([.. vampFiles]), bytes => VampFileFormat.Read(bytes, MaxFrames), IsInvalid)
        {
            Damage = Repaired(FixVampFile),
        },
        new("tokens", random => random.Tokens(Codebooks, 30, 0, 0.5).ToByteArray(),
            bytes => TokenTensor.Parser.ParseFrom(bytes).ToModel("tokens", MaxFrames), IsInvalid),
        new("masks", random => random.Mask(random.Tokens(Codebooks, 30, 0, 0.5), 4).ToByteArray(),
            bytes => TokenMask.Parser.ParseFrom(bytes).ToModel("mask", MaxFrames), IsInvalid),
        new("prompts", random => random.Prompt(depth: 4).ToByteArray(), ReadPrompt, IsInvalid),
        new("safetensors", _ => File.ReadAllBytes(Path.Combine(package, "coarse.safetensors")),
            bytes => Safetensors.Read(new MemoryStream(bytes), "damaged"), IsBadCheckpoint) { Damage = OfTheFront },
        new(".pth", random => File.ReadAllBytes(Goldens.File(random.One("coarse_tiny_lora.pth", "codec_package_weights.pth"))),
            bytes => TorchCheckpoint.Read(new MemoryStream(bytes), "damaged"), IsBadCheckpoint) { Damage = OfAnEntry },
        new("manifests", _ => File.ReadAllBytes(Path.Combine(package, ModelManifest.FileName)),
            bytes => ModelManifest.Read(new MemoryStream(bytes), "manifest.json"), IsBadCheckpoint)
        {
            Damage = (bytes, random) => random.Chance(0.5)
                ? Encoding.UTF8.GetBytes(Testing.Damage.Json(Encoding.UTF8.GetString(bytes), random))
                : Testing.Damage.Bytes(bytes, random),
        },
    ];

    private static FuzzTarget Audio(string name, params AudioFormat[] formats) => new(name,
        random => AudioFile.Encode(
            new AudioBuffer([.. Enumerable.Range(0, 2 * random.Next(1, 8_000)).Select(_ => random.NextSingle() - 0.5f)],
                random.One(16_000, 48_000), channels: 2),
            random.One(formats)),
        bytes =>
        {
            using var spool = new SpoolStream();
            spool.Write(bytes);
            foreach (var allowDamaged in (bool[])[false, true])
            {
                spool.Position = 0;
                Prepare(spool, allowDamaged);
            }
        },
        error => error is InvalidAudioException);

    private static void Prepare(SpoolStream bytes, bool allowDamaged)
    {
        try
        {
            using var audio = AudioInput.From(new InputFormat { AllowDamaged = allowDamaged }, Limits, new RequestChecks())
                .Prepare(bytes, new PreparationOptions(44_100), CancellationToken.None);
            Assert.True(audio.ReadAll().All(float.IsFinite));
        }
        catch (InvalidAudioException) when (!allowDamaged)
        {
            // it may be damaged only; then it is read once more
        }
    }

    private static void ReadPrompt(byte[] bytes)
    {
        var prompt = Prompt.Parser.ParseFrom(bytes).ToModel("config.prompt", Codebooks, MaxFrames, PromptPreset.All);
        var rhythm = new Rhythm(new BeatTrack([0.1, 0.4, 0.7], [0.1], 120), [0.2, 0.5]);
        PromptMapping.Checked("config.prompt", () => prompt.ToMask(new PromptScene(Codebooks, 60, FrameRate.VampNet, 1, rhythm)));
        _ = prompt.ToProto();
    }

    private static bool IsInvalid(Exception error) => error is InvalidRequestException or InvalidProtocolBufferException;

    private static bool IsBadCheckpoint(Exception error) => error is CheckpointException;

    /// <summary>Damage that the checksums of the format tell, or that they do not.</summary>
    private static Func<byte[], Random, byte[]> Repaired(Action<byte[]> repair) => (bytes, random) =>
    {
        var damaged = Testing.Damage.Bytes(bytes, random);
        if (random.Chance(0.7))
            repair(damaged);
        return damaged;
    };

    private static void FixOggPages(byte[] bytes)
    {
        for (var at = bytes.AsSpan().IndexOf("OggS"u8); at >= 0;)
        {
            var next = bytes.AsSpan(at + 4).IndexOf("OggS"u8);
            var page = bytes.AsSpan(at, next < 0 ? bytes.Length - at : next + 4);
            if (page.Length >= 26)
                BinaryPrimitives.WriteUInt32LittleEndian(page[22..], Checksums.Ogg(page));
            at = next < 0 ? -1 : at + 4 + next;
        }
    }

    private static void FixFlacHeaders(byte[] bytes)
    {
        // Headers of frames have 5 to 16 bytes; those of 16-bit numbers of short frames, six and their checksum.
        for (var at = 0; at + 8 <= bytes.Length; at++)
        {
            if (bytes[at] == 0xFF && (bytes[at + 1] & 0xFE) == 0xF8)
                bytes[at + 7] = Checksums.Crc8(bytes.AsSpan(at, 7));
        }
    }

    private static void FixVampFile(byte[] bytes)
    {
        if (bytes.Length > sizeof(uint))
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan()[^sizeof(uint)..], Crc32.HashToUInt32(bytes.AsSpan()[..^sizeof(uint)]));
    }

    /// <summary>The header is in front of a million of weights.</summary>
    private static byte[] OfTheFront(byte[] bytes, Random random)
    {
        var front = Math.Min(bytes.Length, random.One(16, 20_000, bytes.Length));
        return [.. Testing.Damage.Bytes(bytes[..front], random), .. bytes[front..]];
    }

    /// <summary>The zip as it is, or one of its entries under checksums that match.</summary>
    private static byte[] OfAnEntry(byte[] bytes, Random random)
    {
        if (random.Chance(0.3))
            return Testing.Damage.Bytes(bytes, random);
        using var from = new ZipArchive(new MemoryStream(bytes));
        using var result = new MemoryStream();
        using (var to = new ZipArchive(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            var pickles = from.Entries.Where(entry => !entry.FullName.Contains("/data/", StringComparison.Ordinal)).ToList();
            var damaged = pickles[random.Next(pickles.Count)];
            foreach (var entry in from.Entries)
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open())
                    stream.CopyTo(content);
                using var copy = to.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                copy.Write(entry == damaged ? Testing.Damage.Bytes(content.ToArray(), random) : content.ToArray());
            }
        }
        return result.ToArray();
    }
}
