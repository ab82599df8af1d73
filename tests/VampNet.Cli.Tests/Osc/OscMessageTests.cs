using VampNet.Cli.Osc;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Cli.Tests.Osc;

public sealed class OscMessageTests
{
    private static readonly object[] Unloop =
        [132, "vampnet", "/tmp/loop.wav", "default", 7, 0.25f, 1_958, 4_000f, 1, 0.15f, 64, 4, 2, 12, 1f, 0.8f, 30f, 2];

    [Fact]
    public void Bytes_are_those_of_the_specification()
    {
        // The example of OSC 1.0.
        byte[] expected =
        [
            .. "/foo\0\0\0\0,iisff\0\0"u8, 0, 0, 3, 0xe8, 0xff, 0xff, 0xff, 0xff, .. "hello\0\0\0"u8, 0x3f, 0x9d, 0xf3, 0xb6, 0x40, 0xb5,
            0xb2, 0x2d,
        ];
        Assert.Equal(expected, new OscMessage("/foo", 1_000, -1, "hello", 1.234f, 5.678f).ToBytes());
        var read = Assert.Single(OscMessage.Read(expected));
        Assert.Equal("/foo", read.Address);
        Assert.Equal([1_000, -1, "hello", 1.234f, 5.678f], read.Arguments);
    }

    [Fact]
    public void A_bundle_is_its_messages()
    {
        byte[] first = new OscMessage("/a", 1).ToBytes(), second = new OscMessage("/b", "x").ToBytes();
        byte[] bundle =
        [
            .. "#bundle\0"u8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, (byte)first.Length, .. first, 0, 0, 0, (byte)second.Length, .. second,
        ];
        Assert.Equal(["/a", "/b"], OscMessage.Read(bundle).Select(message => message.Address));
    }

    [Fact]
    public void Whatever_comes_is_read_or_refused()
    {
        var valid = new OscMessage("/process", Unloop).ToBytes();
        var random = new Random(5);
        for (var round = 0; round < 2_000; round++)
        {
            var noise = new byte[random.Next(40)];
            random.NextBytes(noise);
            var cut = random.Next(valid.Length + 1);
            foreach (var packet in new[] { noise, valid[..cut], [.. valid[..cut], .. noise], [.. "#bundle\0"u8, .. noise] })
            {
                try
                {
                    OscMessage.Read(packet);
                }
                catch (InvalidDataException)
                {
                }
            }
        }
    }

    [Fact]
    public void What_unloop_sends_is_a_request()
    {
        var request = UnloopRequest.Read(new OscMessage("/process", Unloop));
        Assert.Equal((132, "/tmp/loop.wav", 4.0), ((int)request.Id, request.AudioPath, request.LoopSeconds));
        var config = request.Config;
        Assert.Equal((1_958ul, 2u, 2u, ""), (config.Seed, config.Feedback, config.Variations, config.Model));
        Assert.Equal((12, 1f, 0.8f), (config.CoarseSampling.Steps, config.CoarseSampling.Temperature, config.CoarseSampling.TopP));
        Assert.Equal((0.15f, 64), (config.FineSampling.Typical.Mass, config.FineSampling.Typical.MinTokens));
        var all = config.Prompt.AllOf.Prompts;
        Assert.Equal(
            [Prompt.KindOneofCase.Periodic, Prompt.KindOneofCase.Onsets, Prompt.KindOneofCase.Beats],
            all[0].AnyOf.Prompts.Select(prompt => prompt.KindCase));
        Assert.Equal((4, 0.25), (all[1].Compression.Codebooks, all[2].Dropout.Probability));
    }

    [Theory]
    [InlineData(1, "sketch2sound", "kind \"sketch2sound\" is unknown")]
    [InlineData(2, 5, "argument 3, audio, is 5, expected a text")]
    [InlineData(4, "often", "argument 5, periodic, is often, expected a number")]
    [InlineData(5, float.NaN, "argument 6, dropout, is NaN, expected a number")]
    [InlineData(6, 1e12f, "argument 7, seed, is 1E+12, expected a number of 32 bits")]
    public void What_cannot_be_is_refused_by_name(int index, object value, string problem)
    {
        object[] arguments = [.. Unloop];
        arguments[index] = value;
        var error = Assert.Throws<InvalidDataException>(() => UnloopRequest.Read(new OscMessage("/process", arguments)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => UnloopRequest.Read(new OscMessage("/process", Unloop[1..])));
    }
}
