using VampNet.Core;
using VampNet.Model.Checkpoints;
using VampNet.Model.Packages;
using VampNet.Model.Transformer;
using VampNet.Testing;
using VampNet.Training.Data;
using VampNet.Training.Generators;
using VampNet.Training.Runs;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests;

[NoTensorLeaks]
public sealed class FineTuningTests
{
    private static readonly VampNetOptions s_coarse = new(2, 0, 16, 2, 1), s_fine = new(3, 2, 16, 2, 1);
    private static readonly GeneratorTrainingOptions s_options = new()
    {
        Steps = 21,
        Batch = 2,
        ValidateEvery = 21,
        LearningRate = 1e-2,
        WarmUp = 5,
    };

    [Fact]
    public void Only_the_adapters_learn()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var network = new VampNetTransformer(s_coarse with { LoraRank = 8 });
        var before = network.ToTable(ElementType.F32, new Dictionary<string, string>());
        using (var trainer = new GeneratorTrainer(
            network, randn(2, 1024, 8), new TokenLibrary([TestTokens.Riff(40)], []), s_options with { Frames = 24 }, CPU))
            trainer.Train(
                new RunFolder(folder.Path), new TrainingLog(folder.Path, _ => { }, TimeProvider.System), new Dictionary<string, string>(),
                default);
        var after = network.ToTable(ElementType.F32, new Dictionary<string, string>());

        var changed = before.Tensors.Where(t => !t.Value.Data.Span.SequenceEqual(after[t.Key].Data.Span)).Select(t => t.Key).Order()
            .ToArray();
        string[] adapted = ["feed_forward.w_1", "feed_forward.w_2", "self_attn.fc", "self_attn.w_qs", "self_attn.w_vs"]; // all but the keys
        Assert.Equal(
            adapted.SelectMany(layer => new[] { $"transformer.layers.0.{layer}.lora_A", $"transformer.layers.0.{layer}.lora_B" }), changed);
        Assert.Equal(changed, TestRun.Weights(folder.Path).Tensors.Keys.Order());
        Assert.True(TestRun.Values(folder.Path, "train", "loss") is [var first, .., var last] && last < first);
    }

    [Fact]
    public void The_result_is_a_fine_tuning_of_the_package_and_resumes_exactly()
    {
        using var music = new TestMusic(tracks: 2, seconds: 3);
        var package = GeneratorPackage(music);
        var (parts, codec) = (package.Manifest.Parts, package.Load(PartNames.Codec).Weights);

        FineTune(music, "package", "whole");
        FineTune(music, "package", "parts", stopAt: "train step 0 ");
        FineTune(music, "package", "parts");
        foreach (var part in new[] { PartNames.Coarse, PartNames.Fine })
            TestRun.AssertSame(Path.Combine(music.Run("whole"), part), Path.Combine(music.Run("parts"), part));

        package = ModelPackage.Open(music.Run("package"));
        Assert.Equal(["parts", "whole"], package.Adapters.Order());
        Assert.Equal(parts.Select(p => (p.Key, p.Value.Sha256)), package.Manifest.Parts.Select(p => (p.Key, p.Value.Sha256)));
        Assert.Equal(codec.Tensors.Keys, package.Load(PartNames.Codec).Weights.Tensors.Keys);
        foreach (var part in new[] { PartNames.Coarse, PartNames.Fine })
        {
            using var plain = ModelLoader.LoadTransformer(package, part);
            using var tuned = ModelLoader.LoadTransformer(package, part, "whole");
            Assert.NotEqual(Values(plain), Values(tuned));
            ModelLoader.LoadGenerator(package, part, "cpu", adapter: "whole").Dispose(); // as services do
        }

        static float[] Values(VampNetTransformer network) =>
            network.ToTable(ElementType.F32, new Dictionary<string, string>())["transformer.layers.0.self_attn.w_qs.weight"].ToFloats();
    }

    [Fact]
    public void What_does_not_fit_is_not_added()
    {
        using var music = new TestMusic(tracks: 2, seconds: 1);
        var package = GeneratorPackage(music);
        Dictionary<string, TensorTable> Adapter(int width) => new()
        {
            [PartNames.Coarse] = new TensorTable("mine", new Dictionary<string, RawTensor>
            {
                ["transformer.layers.0.self_attn.fc.lora_A"] = RawTensor.FromFloats(new float[8 * width], 8, width),
                ["transformer.layers.0.self_attn.fc.lora_B"] = RawTensor.FromFloats(new float[16 * 8], 16, 8),
            }, new Dictionary<string, string>()),
        };
        Assert.Contains("do not fit", Assert.Throws<CheckpointException>(() => package.AddAdapter("mine", Adapter(15))).Message);
        Assert.Contains(ModelNames.Rule, Assert.Throws<CheckpointException>(() => package.AddAdapter("../mine", Adapter(16))).Message);
        Assert.Empty(ModelPackage.Open(music.Run("package")).Adapters);
        Assert.Equal(["mine"], package.AddAdapter("mine", Adapter(16)).Adapters);
    }

    [Fact]
    public void Weights_that_have_adapters_are_tuned_from_there()
    {
        using var music = new TestMusic(tracks: 2, seconds: 2);
        var package = GeneratorPackage(music);
        FineTune(music, "package", "first");
        var coarse = package.Load(PartNames.Coarse);
        var adapted = new TensorTable(
            "", new Dictionary<string, RawTensor>(
                [.. coarse.Weights.Tensors, .. TestRun.Weights(Path.Combine(music.Run("first"), "coarse")).Tensors]),
            coarse.Weights.Metadata);
        var codec = package.Load(PartNames.Codec);
        ModelPackage.Create(music.Run("adapted"), "adapted", "1", "none", new Dictionary<string, (string, TensorTable)>
        {
            [PartNames.Codec] = (codec.Kind, codec.Weights),
            [PartNames.Coarse] = (coarse.Kind, adapted),
        });
        FineTune(music, "adapted", "second", options: s_options with { Steps = 1, LearningRate = 1e-9 });
        var (first, second) =
            (TestRun.Weights(Path.Combine(music.Run("first"), "coarse")), TestRun.Weights(Path.Combine(music.Run("second"), "coarse")));
        Assert.All(first.Tensors, t => Assert.Equal(t.Value.ToFloats(), second[t.Key].ToFloats(), (a, b) => Math.Abs(a - b) < 1e-6));
    }

    private static ModelPackage GeneratorPackage(TestMusic music)
    {
        var setup = new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run("base"), "cpu");
        var codec = music.CodecPackage(codebooks: 3);
        var runs = new Dictionary<string, string> { [PartNames.Codec] = music.Run("codec") };
        foreach (var (part, model) in new[] { (PartNames.Coarse, s_coarse), (PartNames.Fine, s_fine) })
        {
            runs[part] = music.Run("base-" + part);
            Trainings.TrainGenerator(setup with { Run = runs[part] }, codec, model, s_options with { Steps = 1, Frames = 32 }, default);
        }
        return Trainings.WritePackage(music.Run("package"), "test", "1", "none", runs);
    }

    private static void FineTune(
        TestMusic music, string package, string name, string? stopAt = null, GeneratorTrainingOptions? options = null) => TestRun.UpTo(
            stopAt,
            new TrainingSetup(music.Folder, music.Cache, [], music.Run(name), "cpu"),
            (setup, stop) => FineTuning.Run(setup, ModelPackage.Open(music.Run(package)), name, options ?? s_options, stop));
}
