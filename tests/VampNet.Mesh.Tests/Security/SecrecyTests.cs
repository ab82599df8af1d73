using System.Text;
using Google.Protobuf;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Security;

/// <summary>Whatever goes wrong, what comes over the wire says nothing of the addresses, files and code of the mesh.</summary>
[Collection(MeshTests.Name)]
public sealed class SecrecyTests(Support.Mesh mesh) : IDisposable
{
    private const string Vamp = "vampnet.vamp.v1.VampService/Vamp", Expand = "vampnet.vamp.v1.VampService/Expand",
        ListModels = "vampnet.models.v1.ModelService/ListModels", Generate = "vampnet.generator.v1.CoarseGeneratorService/Generate",
        GetModel = "vampnet.generator.v1.CoarseGeneratorService/GetModel", Embed = "vampnet.generator.v1.CoarseGeneratorService/Embed",
        Encode = "vampnet.codec.v1.CodecService/Encode", Track = "vampnet.beats.v1.BeatService/Track";

    private static readonly ByteString Noise = ByteString.CopyFrom(Encoding.ASCII.GetBytes(new string('?', 3_000))),
        Sound = ByteString.CopyFrom(Sounds.Chord(1)), Cut = ByteString.CopyFrom(Sounds.Chord(1).AsSpan()[..1_001]);

    private readonly Wire _wire = new(mesh.Package.Folder);

    public void Dispose() => _wire.Dispose();

    public static TheoryData<string> Bad => new(BadCalls.Keys);

    private static readonly Dictionary<string, (string Method, byte[] Request)> BadCalls = new()
    {
        ["a vamp of noise"] = (Vamp, Messages(new VampRequest { Config = Vamps.Config() }, new VampRequest { Audio = Noise })),
        ["a vamp of half a file"] = (Vamp, Messages(new VampRequest { Config = Vamps.Config() }, new VampRequest { Audio = Cut })),
        ["a vamp without a config"] = (Vamp, Messages(new VampRequest { Audio = Noise })),
        ["a vamp with a model that there is not"] =
            (Vamp, Messages(new VampRequest { Config = Vamps.Config().With(c => c.Model = "../nothing") })),
        ["a file that is no .vamp file"] =
            (Expand, Messages(new ExpandRequest { Config = new ExpandConfig() }, new ExpandRequest { File = Noise })),
        ["noise for the codec"] =
            (Encode, Messages(new EncodeRequest { Config = new EncodeConfig() }, new EncodeRequest { Audio = Noise })),
        ["half a file for the codec"] =
            (Encode, Messages(new EncodeRequest { Config = new EncodeConfig() }, new EncodeRequest { Audio = Cut })),
        ["noise for the beat tracker"] =
            (Track, Messages(new TrackRequest { Config = new TrackConfig() }, new TrackRequest { Audio = Noise })),
        ["tokens for another model"] = (Generate, Messages(new GenerateRequest { Tokens = Tokens.Masked(14, 10, 0) })),
        ["bytes for a generator"] = (Generate, RawCalls.Frame(Noise.ToByteArray())),
        ["bytes for a vamp"] = (Vamp, RawCalls.Frame(Noise.ToByteArray())),
        ["frames that break off"] = (Generate, [0, 0, 0, 1, 0, 1]),
        ["no such method"] = ("vampnet.vamp.v1.VampService/Nothing", RawCalls.Frame([])),
        ["no such method of a stage"] = ("vampnet.codec.v1.CodecService/Nothing", RawCalls.Frame([])),
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_is_said_of_bad_input(string what)
    {
        var (method, request) = BadCalls[what];
        var heard = await _wire.HearAsync(mesh.Host.Gateway, mesh.Host.Stages.Values, method, request);
        Assert.Matches("grpc-status: (3|5|12)\n", heard);
    }

    [Fact]
    public async Task What_is_said_of_a_stage_that_dies_during_a_call_and_of_one_that_is_away()
    {
        var vamp = Messages(
            new VampRequest { Config = Vamps.Config().With(c => c.CoarseSampling.Steps = 1_000) }, new VampRequest { Audio = Sound });
        Assert.Contains("grpc-status: 14\n", await KillAsync(
            Vamp, vamp, message => VampResponse.Parser.ParseFrom(message).Progress?.Stage == Stage.Coarse), StringComparison.Ordinal);
        var generation = Messages(Calls.Generation(1_000, frames: 500)); // long enough not to end before it is killed
        Assert.EndsWith("reset: 7", await KillAsync(Generate, generation, _ => true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_said_of_a_fault_of_a_stage()
    {
        await using var stage = await StageHost.CoarseAsync(new HeldGenerator()); // which cannot embed
        await using var gateway = await StageHost.GatewayAsync(stage.Address);
        var request = Messages(new EmbedRequest { Tokens = Tokens.Of(4, 10, _ => 1) });
        foreach (var door in new[] { stage.Address, gateway.Address })
        {
            Assert.Contains(
                "grpc-status: 13\n", await _wire.HearAsync(door, [$"{stage.Address}"], Embed, request), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_said_of_a_stage_that_does_not_speak_TLS()
    {
        await using var stage = await StageHost.CoarseAsync(new HeldGenerator());
        await using var gateway = await StageHost.GatewayAsync(
            new UriBuilder(stage.Address) { Scheme = "https" }.Uri, "--Retries:PerCall=0", "--Replicas:WaitSeconds=0");
        foreach (var method in new[] { ListModels, GetModel })
        {
            Assert.Contains(
                "grpc-status: 14\n", await _wire.HearAsync(gateway.Address, [$"{stage.Address}"], method, RawCalls.Frame([])),
                StringComparison.Ordinal);
        }
    }

    /// <summary>What is heard of a call whose coarse generator is killed at a message; and what is said afterwards is as secret.</summary>
    private async Task<string> KillAsync(string method, byte[] request, Func<byte[], bool> isTime)
    {
        await using var replicas = new StageReplicas(
            "CoarseGenerator", CoarseGeneratorService.Descriptor.FullName, mesh.Package.Folder);
        await replicas.StartAsync(1);
        await using var own = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = mesh.Package.Folder },
            GatewayConfiguration = new Dictionary<string, string>
            {
                ["Stages:CoarseGenerator"] = replicas.List,
                ["Retries:PerCall"] = "0",
                ["Replicas:WaitSeconds"] = "0",
            },
        });
        string[] addresses = [.. own.Stages.Values, replicas.List];
        var heard = await _wire.HearAsync(
            own.Gateway, addresses, method, request, message => isTime(message) ? replicas[0].KillAsync() : Task.CompletedTask);
        Assert.Contains("grpc-status: 14\n", await _wire.HearAsync(own.Gateway, addresses, method, request), StringComparison.Ordinal);
        return heard;
    }

    private static byte[] Messages(params IEnumerable<IMessage> messages) =>
        [.. messages.SelectMany(message => RawCalls.Frame(message.ToByteArray()))];
}
