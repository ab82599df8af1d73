using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Audio;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Testing;
using Xunit.Abstractions;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Memory does not grow with the music; docs/long-music.md has figures.</summary>
public sealed class LongMusicTests(ITestOutputHelper output)
{
    private const int Rate = 44_100;

    // The samples of ten minutes are 106 MB in one channel, 212 MB in two.
    private const long MostGrowth = 48 << 20;

    /// <summary>Both channels, and the one encoding that waits for its end on disk.</summary>
    [Fact]
    public async Task Ten_minutes_take_the_memory_of_one()
    {
        await using var process = new ServiceProcess("VampNet.Services.Codec", Path.Combine(Repository.Root, "weights", "vampnet-mini"));
        using var channel = GrpcChannel.ForAddress(await process.AddressAsync());
        await process.ServingAsync(channel, CodecService.Descriptor.FullName);
        var client = new CodecService.CodecServiceClient(channel);
        output.WriteLine($"loaded: {process.PeakMemory >> 20} MB");

        var peaks = new List<long>();
        foreach (var minutes in new[] { 1, 10 })
        {
            var header = await RoundTripAsync(client, minutes);
            Assert.Equal((ulong)(60 * Rate * minutes), header.Samples);
            peaks.Add(process.PeakMemory);
            output.WriteLine($"{minutes} min: {peaks[^1] >> 20} MB");
        }
        Assert.InRange(peaks[1] - peaks[0], 0, MostGrowth);
    }

    /// <summary>Audio up, its tokens straight down into as many decodings as there are channels, their audio thrown away.</summary>
    private static async Task<EncodeHeader> RoundTripAsync(CodecService.CodecServiceClient client, int minutes)
    {
        var config = new EncodeConfig
        {
            Input = new InputFormat { Encoding = InputEncoding.PcmS16Le, SampleRate = Rate, Channels = 2 },
            Channels = Channels.Stereo,
        };
        using var encode = client.Encode();
        var blocks = encode.ExchangeAsync(
            new EncodeRequest { Config = config }, Music(minutes).ToAsyncEnumerable(), audio => new EncodeRequest { Audio = audio });
        var decodings = new List<(AsyncDuplexStreamingCall<DecodeRequest, DecodeResponse> Call, Task<long> Bytes)>();
        EncodeHeader? header = null;
        await foreach (var block in blocks)
        {
            if (block.Header is { } first)
            {
                header = first;
                for (var c = 0; c < first.Channels; c++)
                {
                    var call = client.Decode();
                    await call.RequestStream.WriteAsync(new DecodeRequest
                    {
                        Config = new DecodeConfig
                        {
                            Samples = first.Samples,
                            GainDb = -first.GainDb,
                            Output = new OutputFormat { Encoding = OutputEncoding.Flac },
                        },
                    });
                    decodings.Add((call, CountAsync(call.ResponseStream)));
                }
            }
            else
            {
                await decodings[(int)block.Channel].Call.RequestStream.WriteAsync(new DecodeRequest { Tokens = block.Tokens });
            }
        }
        foreach (var (call, bytes) in decodings)
        {
            await call.RequestStream.CompleteAsync();
            Assert.InRange(await bytes, 60 * Rate * minutes / 10, long.MaxValue);
            call.Dispose();
        }
        return header!;
    }

    /// <summary>Two tones that change every second, a second a chunk.</summary>
    private static IEnumerable<Google.Protobuf.ByteString> Music(int minutes)
    {
        for (var second = 0; second < 60 * minutes; second++)
        {
            var samples = new float[2 * Rate];
            for (var i = 0; i < samples.Length; i++)
                samples[i] = (float)(0.2 * Math.Sin(2 * Math.PI * (220 + 20 * (second % 12)) * (1 + i % 2) * (i / 2) / Rate));
            yield return Google.Protobuf.ByteString.CopyFrom(RawPcm.Encode(samples, PcmEncoding.S16Le));
        }
    }

    private static async Task<long> CountAsync(IAsyncStreamReader<DecodeResponse> responses)
    {
        long bytes = 0;
        await foreach (var response in responses.ReadAllAsync())
            bytes += response.Audio.Length;
        return bytes;
    }
}
