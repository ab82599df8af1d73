using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Packages;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>A mesh that serves several packages, one of them with an adapter and one without a fine model.</summary>
public sealed class ModelsMesh : IAsyncLifetime
{
    /// <summary>Of <see cref="Merged"/>.</summary>
    public const float FineTemperature = 0.5f;

    private static readonly string Lora = Goldens.File("coarse_tiny_lora.pth");

    public TinyPackage Default { get; } = new(
        s => s with { Adapters = new Dictionary<string, AdapterSources> { ["opera"] = new(Lora, null) } });

    /// <summary>Has merged for good what the default's adapter adds, and a temperature of its own in the fine model.</summary>
    public TinyPackage Merged { get; } = new(s => s with { Name = "merged" });

    public TinyPackage Sketch { get; } = new(s => s with { Name = "sketch", Fine = null });

    public MeshHost Host { get; private set; } = null!;

    public VampNetClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Merged.Change("2.0", PartNames.Coarse, weights => Model.Checkpoints.Lora.Merge(weights, TorchCheckpoint.Read(Lora)));
        Merged.Suit(PartNames.Fine, FineTemperature);
        Host = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = Default.Folder },
            Models = new Dictionary<string, string> { ["merged"] = Merged.Folder, ["Sketch"] = Sketch.Folder },
        });
        Client = new VampNetClient(Host.Gateway);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        Default.Dispose();
        Merged.Dispose();
        Sketch.Dispose();
    }
}

/// <summary>Models are chosen by name, request by request.</summary>
[Collection(MeshTests.Name)]
public sealed class ModelTests(ModelsMesh mesh) : IClassFixture<ModelsMesh>
{
    [Fact]
    public async Task Every_stage_lists_its_models_and_the_gateway_those_of_all()
    {
        string[] all = ["default", "default/opera", "Sketch", "merged"], everywhere = ["default", "default/opera", "merged"];
        foreach (var (address, names) in new[] { (mesh.Host.Stages["Codec"], all), (mesh.Host.Stages["CoarseGenerator"], all),
            (mesh.Host.Stages["FineGenerator"], everywhere), (mesh.Host.Stages["BeatTracker"], all) })
        {
            using var channel = GrpcChannel.ForAddress(address);
            Assert.Equal(
                names, (await new ModelService.ModelServiceClient(channel).ListModelsAsync(new ListModelsRequest())).Models.Select(
                    m => m.Name));
        }
        var models = await mesh.Client.ListModelsAsync();
        Assert.Equal(everywhere, models.Select(m => m.Name));
        Assert.Equal(new Protos.Models.V1.Model
        {
            Name = "default/opera",
            Package = "tiny",
            Version = "1.0.0",
            License = "CC0-1.0",
            Adapter = "opera",
        }, models[1]);
        Assert.Equal(new Protos.Models.V1.Model { Name = "merged", Package = "merged", Version = "2.0", License = "CC0-1.0" }, models[2]);
    }

    [Fact]
    public async Task An_adapter_is_a_model_of_its_own()
    {
        var bare = await GenerateAsync(GeneratorStage.Coarse, "");
        Assert.Equal(bare, await GenerateAsync(GeneratorStage.Coarse, "default"));
        var adapted = await GenerateAsync(GeneratorStage.Coarse, "default/opera");
        Assert.NotEqual(bare, adapted);
        Assert.Equal(adapted, await GenerateAsync(GeneratorStage.Coarse, "merged"));
        // It changes the coarse model only.
        Assert.Equal(await GenerateAsync(GeneratorStage.Fine, ""), await GenerateAsync(GeneratorStage.Fine, "default/opera"));
    }

    [Fact]
    public async Task A_model_says_what_its_weights_are()
    {
        var bare = await mesh.Client.GetModelAsync(GeneratorStage.Coarse);
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(mesh.Default.Folder, "coarse.safetensors")))),
            bare.Served.Sha256);
        Assert.Equal((2u, 64u), (bare.Layers, bare.Dimension));
        var adapted = await mesh.Client.GetModelAsync(GeneratorStage.Coarse, "default/opera");
        var merged = await mesh.Client.GetModelAsync(GeneratorStage.Coarse, "merged");
        Assert.Equal(3, new[] { bare.Served.Sha256, adapted.Served.Sha256, merged.Served.Sha256 }.Distinct().Count());
        Assert.Equal(64, adapted.Served.Sha256.Length);
        Assert.Equal(
            (await mesh.Client.GetModelAsync(GeneratorStage.Fine)).Served.Sha256,
            (await mesh.Client.GetModelAsync(GeneratorStage.Fine, "default/opera")).Served.Sha256);
    }

    [Fact]
    public async Task What_names_no_temperature_gets_the_models()
    {
        Assert.Equal(1, (await mesh.Client.GetModelAsync(GeneratorStage.Fine)).Temperature);
        Assert.Equal(ModelsMesh.FineTemperature, (await mesh.Client.GetModelAsync(GeneratorStage.Fine, "merged")).Temperature);
        var suited = await GenerateAsync(GeneratorStage.Fine, "merged");
        Assert.Equal(suited, await GenerateAsync(GeneratorStage.Fine, "", ModelsMesh.FineTemperature));
        Assert.NotEqual(suited, await GenerateAsync(GeneratorStage.Fine, "merged", temperature: 1));

        var config = (await mesh.Client.RunAsync(Vamps.Config().With(c => c.Model = "merged"), Sounds.Chord(0.5))).Started.Config;
        Assert.Equal((1, ModelsMesh.FineTemperature), (config.CoarseSampling.Temperature, config.FineSampling.Temperature));
    }

    [Fact]
    public async Task An_unknown_model_is_not_found_and_the_served_ones_are_named()
    {
        using var codec = GrpcChannel.ForAddress(mesh.Host.Stages["Codec"]);
        using var beats = GrpcChannel.ForAddress(mesh.Host.Stages["BeatTracker"]);
        using var encode = new CodecService.CodecServiceClient(codec).Encode();
        await encode.RequestStream.WriteAsync(new EncodeRequest { Config = new EncodeConfig { Model = "default/polka" } });
        await AssertNotFoundAsync(() => encode.ResponseStream.MoveNext(), "config.model", "default/polka");
        using var decode = new CodecService.CodecServiceClient(codec).Decode();
        await decode.RequestStream.WriteAsync(new DecodeRequest { Config = new DecodeConfig { Model = "opera" } });
        await AssertNotFoundAsync(() => decode.ResponseStream.MoveNext(), "config.model", "opera");
        using var track = new BeatService.BeatServiceClient(beats).Track();
        await track.RequestStream.WriteAsync(new TrackRequest { Config = new TrackConfig { Model = "Default" } });
        await AssertNotFoundAsync(() => track.ResponseAsync, "config.model", "Default");
        await AssertNotFoundAsync(() => GenerateAsync(GeneratorStage.Fine, "Sketch"), "model", "Sketch");
        await AssertNotFoundAsync(() => mesh.Client.GetModelAsync(GeneratorStage.Coarse, "/"), "model", "/");
    }

    [Fact]
    public async Task A_vamp_is_made_by_the_model_that_it_names()
    {
        var (bare, adapted, merged) = (await VampAsync(""), await VampAsync("default/opera"), await VampAsync("merged"));
        Assert.NotEqual(bare, adapted);
        Assert.Equal(merged, adapted);
        await AssertNotFoundAsync(() => VampAsync("polka"), "config.model", "polka");
        // It has a codec, but no fine model.
        await AssertNotFoundAsync(() => VampAsync("Sketch"), "config.model", "Sketch");
    }

    private async Task<TokenTensor> VampAsync(string model)
    {
        var config = Vamps.Config(seed: 4);
        config.Model = model;
        config.FineSampling.Temperature = 1; // they differ by that, too
        return (await mesh.Client.RunAsync(config, Sounds.Chord(0.5))).Tokens;
    }

    private Task<TokenTensor> GenerateAsync(GeneratorStage stage, string model, float? temperature = null)
    {
        var sampling = new Sampling { Steps = 3 };
        if (temperature is { } given)
            sampling.Temperature = given;
        return mesh.Client.GenerateAsync(stage, new GenerateRequest
        {
            Tokens = stage == GeneratorStage.Coarse ? Tokens.Masked(4, 30, 0) : Tokens.Masked(14, 30, 4),
            Sampling = sampling,
            Seed = 5,
            Model = model,
        });
    }

    private static async Task AssertNotFoundAsync(Func<Task> call, string field, string name)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((StatusCode.NotFound, field), (error.StatusCode, string.Join(",", error.Fields())));
        Assert.Equal("MODEL_NOT_FOUND", error.Detail<Google.Rpc.ErrorInfo>()?.Reason);
        Assert.Contains($"\"{name}\" is no model here; served are default, default/opera", error.Status.Detail, StringComparison.Ordinal);
    }
}
