using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Clients that do not take what they asked for hold back whoever makes it, and are held back themselves.</summary>
[Collection(MeshTests.Name)]
public sealed class BackPressureTests(Support.Mesh mesh)
{
    private const string Decoded = "vampnet_audio_duration_seconds_total";

    [Fact]
    public async Task A_client_that_does_not_read_holds_the_codec_back_and_then_its_own_sending()
    {
        // 10 MB of tokens, for 1 GB of audio.
        const int Blocks = 350, BlockFrames = 1_024;
        await using var stage = await StageHost.CodecAsync(mesh.Package.Folder, settings: "--Limits:MaxSeconds=10000");
        using var held = new CodecService.CodecServiceClient(stage.Channel).Decode();
        var sent = 0;
        await held.RequestStream.WriteAsync(new DecodeRequest
        {
            Config = new DecodeConfig
            {
                Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
                Samples = (ulong)Blocks * BlockFrames * 768,
            },
        });
        var sending = SendAsync();

        var before = await UntilHeldBackAsync(stage.Address);
        Assert.InRange(before, 1, 60);
        Assert.False(sending.IsCompleted);
        Assert.InRange(sent, 1, 100);

        // What is taken makes room for as much.
        long bytes = 0;
        while (bytes < 20 * 44_100 * sizeof(float))
        {
            Assert.True(await held.ResponseStream.MoveNext());
            bytes += held.ResponseStream.Current.Audio.Length;
        }
        Assert.InRange(await UntilHeldBackAsync(stage.Address), 20, before + 60);
        held.Dispose();
        await sending;
        await stage.AtWorkAsync(0);

        async Task SendAsync()
        {
            var block = new DecodeRequest { Tokens = Tokens.Of(14, BlockFrames, i => i % 1024) };
            try
            {
                for (; sent < Blocks; sent++)
                    await held.RequestStream.WriteAsync(block);
            }
            catch (Exception error) when (error is RpcException or InvalidOperationException)
            {
                // given up
            }
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_the_whole_pipeline_back()
    {
        await using var host = await StartAsync();
        using var client = new VampNetClient(host.Gateway);
        var codec = new Uri(host.Stages["Codec"]);
        // Five minutes of music in all.
        var config = Vamps.Config()
            .With(c => (c.Variations, c.CoarseSampling.Steps, c.FineSampling.Steps, c.ReturnTokens) = (16, 1, 1, false));
        using var cancel = new CancellationTokenSource();
        var held = client.VampAsync(config, new MemoryStream(Sounds.Chord(18)), cancellationToken: cancel.Token).GetAsyncEnumerator();
        while (held.Current?.Header is null)
            Assert.True(await held.MoveNextAsync());
        Assert.InRange(await UntilHeldBackAsync(codec), 1, 40);
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await held.MoveNextAsync())
            {
            }
        });
    }

    [Fact]
    public async Task The_gateway_takes_no_more_than_the_limit_while_nobody_reads()
    {
        await using var host = await StartAsync(("Limits:MaxAudioBytes", $"{1 << 20}"));
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(host.Gateway);
        using var call = new VampService.VampServiceClient(channel).Vamp();
        await call.RequestStream.WriteAsync(new VampRequest { Config = Vamps.Config() });
        var chunk = new VampRequest { Audio = ByteString.CopyFrom(new byte[64 << 10]) };
        try
        {
            while (true)
                await call.RequestStream.WriteAsync(chunk);
        }
        catch (Exception ended) when (ended is RpcException or InvalidOperationException)
        {
            // which the client could not know but from the status
        }
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ReadToEndAsync());
        Assert.Equal((StatusCode.InvalidArgument, "AUDIO_TOO_LONG"), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
    }

    private Task<MeshHost> StartAsync(params (string Key, string Value)[] configuration) => MeshHost.StartAsync(new MeshHostOptions
    {
        Model = new ModelOptions { Path = mesh.Package.Folder },
        Configuration = configuration.ToDictionary(c => c.Key, c => c.Value),
    });

    /// <summary>
    /// Until a codec decodes for nobody but this test, which has it decode as much again and again: calls take turns at
    /// its device, so that any other that could go on would.
    /// </summary>
    /// <returns>seconds that were decoded for others</returns>
    private static async Task<double> UntilHeldBackAsync(Uri address)
    {
        const int Turns = 8;
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(address);
        var codec = new CodecService.CodecServiceClient(channel);
        var own = 0.0;
        for (var before = double.NaN; ;)
        {
            for (var i = 0; i < Turns; i++)
                own += await DecodeAsync(codec);
            var others = (await PrometheusPage.GetAsync(address)).Sum(Decoded, "vampnet_operation=\"decode\"") - own;
            if (Math.Abs(others - before) < 0.01)
                return others;
            before = others;
        }
    }

    private static async Task<double> DecodeAsync(CodecService.CodecServiceClient codec)
    {
        using var call = codec.Decode();
        await call.RequestStream.WriteAsync(new DecodeRequest { Config = new DecodeConfig() });
        await call.RequestStream.WriteAsync(new DecodeRequest { Tokens = Tokens.Of(1, 20, _ => 0) });
        await call.RequestStream.CompleteAsync();
        var seconds = 0.0;
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            seconds += response.Audio.Length / sizeof(float) / 44_100.0;
        return seconds;
    }
}
