using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;
using Prompt = VampNet.Protos.Prompt.V1.Prompt;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>A .vamp file gives what a vamp with its prompt, settings and seed would have given.</summary>
[Collection(MeshTests.Name)]
[NoTensorLeaks]
public sealed class CompressionTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(1.5, sampleRate: 22_050, channels: 2);

    [Fact]
    public Task A_file_with_an_explicit_mask_expands_to_the_same() => AssertExpandsAsync(Vamps.Config().With(c => c.Prompt = new Prompt
    {
        Not = new Prompt
        {
            Mask = new TokenMask
            {
                Codebooks = 14,
                Frames = 87,
                Data = ByteString.CopyFrom([.. Enumerable.Range(0, 14 * 87).Select(i => (byte)(i % 5 / 4))]),
            },
        },
    }));

    [Fact]
    public Task The_sources_own_rate_and_length() => AssertExpandsAsync(Vamps.Config().With(c => (c.MatchSource, c.Stretch) = (true, 0.8)));

    /// <summary>It shows the edges of its windows besides what the prompt keeps.</summary>
    [Fact]
    public Task Not_as_the_reference_samples() => Errors.InvalidAsync(
        () => mesh.Client.CompressAsync(
            Vamps.Config().With(c => c.CoarseSampling.Mode = SamplingMode.Upstream).ToCompress(), new MemoryStream(Chord)),
        "config.coarse_sampling.mode");

    /// <summary>Prompts of all kinds, and seeds.</summary>
    [Fact]
    public void Expanding_gives_what_vamping_with_the_prompt_gave()
    {
        var leaf = Gen.OneOf(
            Gen.Choose(1, 9).Select(p => new Prompt { Periodic = new PeriodicPrompt { Period = p, Roll = p % 2 == 0 } }),
            Gen.Choose(0, 10).Select(i => new Prompt { Random = new RandomPrompt { Intensity = i / 10.0 } }),
            Gen.Choose(0, 14).Select(c => new Prompt { Compression = new CompressionPrompt { Codebooks = c } }),
            Gen.Choose(1, 4).Select(w => new Prompt { Onsets = new OnsetPrompt { Width = w } }),
            Gen.Choose(1, 9).Select(d => new Prompt
            {
                Regions = new RegionsPrompt { Regions = { new Region { FromSeconds = d / 10.0, ToSeconds = d / 5.0 } } },
            }));
        var prompts = Gen.OneOf(
            leaf,
            leaf.Two().Select(p => new Prompt { AllOf = new PromptList { Prompts = { p.Item1, p.Item2 } } }),
            leaf.Two().Select(p => new Prompt { AnyOf = new PromptList { Prompts = { p.Item1, new Prompt { Not = p.Item2 } } } }));
        Prop.ForAll(prompts.ToArbitrary(), ArbMap.Default.ArbFor<ulong>(), (prompt, seed) =>
        {
            var config = Vamps.Config(seed).With(c => c.Prompt = prompt);
            (config.CoarseSampling.Steps, config.FineSampling.Steps) = (1, 1);
            AssertExpandsAsync(config).GetAwaiter().GetResult();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    }

    [Fact]
    public async Task A_file_is_small_and_says_what_it_keeps()
    {
        var config = Vamps.Config().With(c => c.Prompt = new Prompt { Bitrate = new BitratePrompt { BitsPerSecond = 200 } });
        var compressed = await mesh.Client.CompressAsync(config.ToCompress(), new MemoryStream(Chord));
        var preview = await mesh.Client.PreviewAsync(config.ToPreview(), new MemoryStream(Chord));
        Assert.Equal(preview.Figures, compressed.Figures);
        Assert.Equal(preview.Config, compressed.Config.ToVamp().ToPreview());
        Assert.Equal((22_050u, 2u), (compressed.Source.SampleRate, compressed.Source.Channels));
        Assert.InRange(compressed.File.Length, 30, 76 + (int)(compressed.Figures.VisibleTokens * 10 / 8));
        Assert.Equal(compressed.File, (await mesh.Client.CompressAsync(config.ToCompress(), new MemoryStream(Chord))).File);
    }

    private async Task AssertExpandsAsync(VampConfig config)
    {
        config.ReturnMask = false;
        var vamped = await mesh.Client.RunAsync(config, Chord);
        var compressed = await mesh.Client.CompressAsync(config.ToCompress(), new MemoryStream(Chord));
        var expanded = await ExpandAsync(compressed.File.ToByteArray(), new ExpandConfig
        {
            Output = config.Output,
            MatchSource = config.MatchSource,
            ReturnTokens = true,
        });
        Assert.Equal(vamped.Tokens, expanded.Tokens);
        Assert.Equal(vamped.Audio, expanded.Audio);
        Assert.Equal(vamped.Header, expanded.Header);
        Assert.Equal((vamped.Summary.Seed, vamped.Summary.Figures), (expanded.Summary.Seed, expanded.Summary.Figures));
        Assert.Equal(
            (vamped.Source.SampleRate, vamped.Source.Channels, vamped.Source.Seconds),
            (expanded.Source.SampleRate, expanded.Source.Channels, expanded.Source.Seconds));
    }

    private async Task<VampResult> ExpandAsync(byte[] file, ExpandConfig config)
    {
        var responses = new List<VampResponse>();
        await foreach (var response in mesh.Client.ExpandAsync(config, new MemoryStream(file)))
            responses.Add(response);
        return new VampResult(responses);
    }
}
