using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>The cost of a request is bounded as a whole, not only each of its factors, and said when it is done.</summary>
[Collection(MeshTests.Name)]
public sealed class CostTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(1, channels: 2);

    /// <summary>Every field is within its own limit.</summary>
    [Fact]
    public async Task A_request_that_would_take_weeks_is_refused_before_its_audio_is_read()
    {
        var config = Dear().With(c => c.ExtendAfterSeconds = Support.Mesh.MaxSeconds - 1);
        var error = await Errors.InvalidAsync(() => mesh.Client.RunAsync(config, []), "config");
        Assert.Contains("would take 18564000 frame-steps", error.Status.Detail, StringComparison.Ordinal); // 1,092 frames
    }

    [Fact]
    public async Task What_only_the_length_of_the_audio_makes_dear_is_refused_before_anything_is_generated()
    {
        var error = await Errors.InvalidAsync(() => mesh.Client.RunAsync(Dear().With(c => c.Variations = 16), Chord), "config");
        Assert.Contains("would take 15776000 frame-steps", error.Status.Detail, StringComparison.Ordinal); // 58 frames
    }

    [Fact]
    public async Task A_file_that_is_dear_to_expand_is_refused()
    {
        var file = (await mesh.Client.CompressAsync(
            Dear().With(c => (c.Repeat, c.Stretch) = (6, 2)).ToCompress(), new MemoryStream(Chord))).File;
        await Errors.InvalidAsync(
            () => mesh.Client.ExpandAsync(new ExpandConfig(), new MemoryStream(file.ToByteArray())).ToListAsync().AsTask(), "config");
    }

    [Fact]
    public async Task A_call_of_a_stage_is_bounded_too()
    {
        await using var stage = await StageHost.CoarseAsync(new HeldGenerator(), settings: "--Limits:MaxFrameSteps=1000");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        await Errors.InvalidAsync(
            () => client.Generate(Calls.Generation(steps: 101, frames: 10)).ResponseStream.ReadToEndAsync(), "sampling.steps");
    }

    /// <summary>At the gateway, and by route at the stage.</summary>
    [Fact]
    public async Task A_call_without_a_deadline_gets_one()
    {
        var generator = new HeldGenerator(); // nobody lets it go on
        await using var stage = await StageHost.CoarseAsync(generator, settings: "--Limits:DefaultDeadlineSeconds=0.5");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        var error = await Assert.ThrowsAsync<RpcException>(
            () => client.Generate(Calls.Generation(steps: 2)).ResponseStream.ReadToEndAsync());
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal(4u, (await client.GetModelAsync(new GetModelRequest())).Codebooks);
        await using var gateway = await StageHost.GatewayAsync(stage.Address, "--Limits:DefaultDeadlineSeconds=0.4");
        var routed = new CoarseGeneratorService.CoarseGeneratorServiceClient(gateway.Channel);
        error = await Assert.ThrowsAsync<RpcException>(
            () => routed.Generate(Calls.Generation(steps: 2)).ResponseStream.ReadToEndAsync());
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        generator.Permits.Release(100);
    }

    [Fact]
    public async Task The_last_message_of_a_variation_has_its_bill()
    {
        var result = await mesh.Client.RunAsync(Vamps.Config().With(c => (c.Feedback, c.Stereo) = (2, StereoPolicy.Dual)), Chord);
        var bill = result.Summary.Bill;
        Assert.Equal(result.Summary.Figures.Frames * 2 * ((3 * 2) + 2), bill.FrameSteps);
        Assert.Equal(1, bill.AudioSeconds, 3);
    }

    private static VampConfig Dear() => Vamps.Config().With(c => (c.Prompt, c.Feedback, c.CoarseSampling.Steps, c.FineSampling.Steps) =
        (new Prompt { None = new NonePrompt() }, 16, 1_000, 1_000));
}
