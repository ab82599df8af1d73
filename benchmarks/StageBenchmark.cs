using VampNet.Audio;
using VampNet.Audio.Processing;
using VampNet.Core;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Model.Beats;
using VampNet.Model.Beats.SpectralFlux;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;

namespace VampNet.Benchmarks;

/// <summary>Each stage's model by itself: no gRPC, one thread that calls.</summary>
internal static class StageBenchmark
{
    public static IReadOnlyList<Timing> Measure(Workload workload, string folder, string device, int runs)
    {
        var package = ModelPackage.Open(folder);
        using var codec = ModelLoader.LoadCodec(package, device);
        using var coarse = ModelLoader.LoadGenerator(package, PartNames.Coarse, device);
        using var fine = ModelLoader.LoadGenerator(package, PartNames.Fine, device);
        var tracker = new SpectralFluxBeatTracker();

        var (preprocess, audio) = Timing.Measure("preprocess", runs, () => Prepare(workload.Audio, codec.SampleRate));
        var (encode, tokens) = Timing.Measure("encode", runs, () => codec.Encode(audio));
        var (beats, _) = Timing.Measure("beats", runs, () => tracker.Track(new AudioBuffer(audio, codec.SampleRate)));

        var mask = Workload.PromptOf(package.Manifest.Presets ?? PromptPreset.All).ToMask(
            new PromptScene(tokens.Codebooks, tokens.Frames, new FrameRate(codec.SampleRate, codec.Hop), Workload.Seed));
        var hidden = mask.Apply(tokens).TakeCodebooks(coarse.Codebooks);
        var (generate, filled) = Timing.Measure("coarse", runs, () => coarse.Generate(hidden, Workload.Sampling, Workload.Seed));
        var (refine, all) = Timing.Measure(
            "fine", runs, () => fine.Generate(filled.ExtendCodebooks(fine.Codebooks), Workload.Sampling, Workload.Seed));
        var (decode, _) = Timing.Measure("decode", runs, () => codec.Decode(all));
        return [preprocess, encode, beats, generate, refine, decode];
    }

    private static float[] Prepare(AudioBuffer source, int sampleRate)
    {
        using var audio = PreparedAudio.From(source.ToSampleProvider(), new PreparationOptions(sampleRate));
        return audio.ReadAll();
    }
}
