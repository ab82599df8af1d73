using System.CommandLine;
using VampNet.Audio.Processing;
using VampNet.Core;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;
using VampNet.Testing;
using static TorchSharp.torch;

namespace VampNet.Benchmarks;

/// <summary>What a device computes, beside the reference's arrays and beside the processor.</summary>
internal static class DeviceCheck
{
    public static Command Create(Option<DirectoryInfo> package, Option<FileInfo> audio, Option<string> device)
    {
        var command = new Command("check", "A device against the reference's arrays and the processor.") { package, audio, device };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(device)!;
            InitializeDevice(new Device(name));
            var agree = MatchesReference(name);
            CompareTokens(parsed.GetValue(package)!.FullName, Workload.Read(parsed.GetValue(audio)!, 10), name);
            return agree ? 0 : 1;
        });
        return command;
    }

    /// <summary>The reference's tiny networks, in full float32 as the reference computed.</summary>
    private static bool MatchesReference(string device)
    {
        backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = false;
        using var folder = new TemporaryFolder();
        CheckpointConverter.BuildPackage(new PackageSources
        {
            Name = "tiny",
            Version = "1.0.0",
            Licence = "CC0-1.0",
            Codec = Goldens.File("codec_tiny.pth"),
            Coarse = Goldens.File("coarse_tiny.pth"),
            Fine = Goldens.File("c2f_tiny.pth"),
        }, folder.Path);
        var tiny = ModelPackage.Open(folder.Path);

        using var codec = ModelLoader.LoadCodec(tiny, device);
        using var coarse = ModelLoader.LoadGenerator(tiny, PartNames.Coarse, device);
        using var fine = ModelLoader.LoadGenerator(tiny, PartNames.Fine, device);
        var codes = Grid("codec_codes");
        var agreement = Agreement(codes, codec.Encode(Goldens.Array("codec_in_audio").Floats));
        Console.WriteLine($"reference: {agreement:P2} of the codec's tokens on {device}");
        // A code may differ where two are as near; what follows it in the later codebooks of its frame then does as well.
        return (agreement >= 0.99)
            & IsClose("audio", Goldens.Array("codec_decode_from_codes_audio").Floats, codec.Decode(codes), GoldenTensors.AudioTolerance)
            & IsClose("coarse log-probabilities", GoldenScores.Of("coarse"), Score(coarse, "coarse"), GoldenTensors.LogitTolerance)
            & IsClose("fine log-probabilities", GoldenScores.Of("c2f"), Score(fine, "c2f"), GoldenTensors.LogitTolerance);
    }

    /// <summary>
    /// The shipped stages one after the other, each on what the processor's had made of the one before. One draw that differs leads a
    /// generator another way from there on, so their agreement is a figure to read and no condition.
    /// </summary>
    private static void CompareTokens(string folder, Workload workload, string device)
    {
        var package = ModelPackage.Open(folder);
        using var codec = ModelLoader.LoadCodec(package, "cpu");
        using var prepared = PreparedAudio.From(workload.Audio.ToSampleProvider(), new PreparationOptions(codec.SampleRate));
        var audio = prepared.ReadAll();
        var tokens = codec.Encode(audio);
        using (var other = ModelLoader.LoadCodec(package, device))
            Console.WriteLine($"processor: {Agreement(tokens, other.Encode(audio)):P2} of the codec's tokens on {device}");

        var scene = new PromptScene(tokens.Codebooks, tokens.Frames, new FrameRate(codec.SampleRate, codec.Hop), Workload.Seed);
        var masked = Workload.PromptOf(package.Manifest.Presets ?? PromptPreset.All).ToMask(scene).Apply(tokens);
        foreach (var part in new[] { PartNames.Coarse, PartNames.Fine })
        {
            using var ours = ModelLoader.LoadGenerator(package, part, "cpu");
            using var theirs = ModelLoader.LoadGenerator(package, part, device);
            var input = part == PartNames.Coarse ? masked.TakeCodebooks(ours.Codebooks) : masked.ExtendCodebooks(ours.Codebooks);
            masked = ours.Generate(input, Workload.Sampling, Workload.Seed);
            var agreement = Agreement(masked, theirs.Generate(input, Workload.Sampling, Workload.Seed));
            Console.WriteLine($"processor: {agreement:P2} of the {part} generator's tokens on {device}");
        }
    }

    private static float[] Score(TokenGenerator generator, string name)
    {
        var codes = Grid(name + "_codes");
        var hidden = Goldens.Array(name + "_mask").Flags.AsSpan(0, codes.Data.Length);
        return generator.Score(codes, new TokenMask(codes.Codebooks, codes.Frames, hidden.ToArray()));
    }

    /// <summary>The first item of an array (…, codebooks, frames) of tokens.</summary>
    private static TokenGrid Grid(string name)
    {
        var golden = Goldens.Array(name);
        return new TokenGrid(golden.Shape[^2], golden.Shape[^1], golden.Codes.AsSpan(0, golden.Shape[^2] * golden.Shape[^1]).ToArray());
    }

    private static double Agreement(TokenGrid expected, TokenGrid actual) =>
        expected.Data.ToArray().Zip(actual.Data.ToArray(), (a, b) => a == b ? 1.0 : 0.0).Average();

    private static bool IsClose(string what, float[] expected, float[] actual, double tolerance)
    {
        var worst = expected.Zip(actual, (a, b) => a == b ? 0 : Math.Abs((double)a - b)).Max();
        Console.WriteLine($"reference: {what} within {worst:g2}, allowed {tolerance:g2}");
        return worst <= tolerance;
    }
}
