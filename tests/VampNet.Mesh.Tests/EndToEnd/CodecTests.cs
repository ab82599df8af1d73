using Grpc.Core;
using VampNet.Audio;
using VampNet.Client;
using VampNet.Core.Tokens;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Audio to tokens and back, over real sockets: channels, stretching, repeats, and streams that flow.</summary>
[Collection(MeshTests.Name)]
public sealed class CodecTests(Support.Mesh mesh)
{
    private const int Hop = 768;

    [Fact]
    public async Task It_says_what_it_serves()
    {
        var codec = await mesh.Client.GetCodecAsync(new GetCodecRequest());
        Assert.Equal(
            ("tiny", 44_100u, 768u, 14u, "cpu", 64),
            (codec.Served.Model.Package, codec.SampleRate, codec.Hop, codec.Codebooks, codec.Served.Device, codec.Served.Sha256.Length));
        Assert.Equal(
            StatusCode.NotFound,
            (await Assert.ThrowsAsync<RpcException>(() => mesh.Client.GetCodecAsync(new GetCodecRequest { Model = "none" }))).StatusCode);
    }

    [Fact]
    public async Task Left_and_right_are_encoded_by_the_gain_of_their_mix()
    {
        var (left, right) = (Tone(1, 220, 0.3), Tone(1, 333, 0.1));
        var stereo = await EncodeAsync(Interleave(left, right), 2, new EncodeConfig { Channels = Channels.Stereo });
        var mix = await EncodeAsync(Interleave(left, right), 2, new EncodeConfig { Channels = Channels.Mix });
        Assert.Equal((2u, 1u), (stereo.Header.Channels, mix.Header.Channels));
        Assert.Equal((2, 1), (stereo.Channels.Count, mix.Channels.Count));
        Assert.Equal(mix.Header.GainDb, stereo.Header.GainDb);
        Assert.Equal(mix.Header.Source, stereo.Header.Source);
        Assert.NotEqual(stereo.Channels[0], stereo.Channels[1]);

        // The same audio on both sides is one channel twice; the other way round, the tokens are the other way round.
        var same = await EncodeAsync(Interleave(left, left), 2, new EncodeConfig { Channels = Channels.Stereo });
        Assert.Equal(same.Channels[0], same.Channels[1]);
        var swapped = await EncodeAsync(Interleave(right, left), 2, new EncodeConfig { Channels = Channels.Stereo });
        Assert.Equal(stereo.Channels, swapped.Channels.Reverse());

        var mono = await EncodeAsync(left, 1, new EncodeConfig { Channels = Channels.Stereo });
        Assert.Equal((1u, 1), (mono.Header.Channels, mono.Channels.Count));
    }

    [Fact]
    public async Task Blocks_of_the_channels_alternate()
    {
        var audio = Tone(Support.Mesh.MaxSeconds - 0.5, 220, 0.3);
        using var call = new CodecService.CodecServiceClient(mesh.Channel).Encode();
        var config = new EncodeConfig { Input = Pcm(2), Channels = Channels.Stereo };
        var upload = AudioChunks.ReadAsync(new MemoryStream(RawPcm.Encode(Interleave(audio, audio), PcmEncoding.S16Le)));
        var order = new List<(uint Channel, uint Frames)>();
        await foreach (var response in call.ExchangeAsync(
            new EncodeRequest { Config = config }, upload, chunk => new EncodeRequest { Audio = chunk }))
        {
            if (response.Tokens is { } tokens)
                order.Add((response.Channel, tokens.Frames));
        }
        const uint First = CodecChunk.Frames, Rest = 1_120 - First;
        Assert.Equal([(0, First), (1, First), (0, Rest), (1, Rest)], order);
    }

    [Theory]
    [InlineData(1.5, 0, 0, 66_150)]
    [InlineData(0.5, 3, 4, 88_200)]
    [InlineData(0, -12, 0, 44_100)]
    [InlineData(0, 0, 3, 132_300)]
    public async Task Lengths_are_exact_after_stretching_and_repeating(double stretch, double pitch, uint repeat, ulong samples)
    {
        var encoded = await EncodeAsync(
            Tone(1, 440, 0.3), 1, new EncodeConfig { Stretch = stretch, PitchSemitones = pitch, Repeat = repeat });
        Assert.Equal(samples, encoded.Header.Samples);
        Assert.Equal((uint)((samples + Hop - 1) / Hop), encoded.Header.Frames);
        Assert.Equal(encoded.Header.Frames, encoded.Tokens.Frames);
        Assert.Equal(1, encoded.Header.Source.Seconds);
    }

    [Fact]
    public async Task A_repeated_phrase_has_the_tokens_of_a_phrase_that_says_it_twice()
    {
        var phrase = Tone(0.7, 440, 0.3);
        var repeated = await EncodeAsync(phrase, 1, new EncodeConfig { Repeat = 2 });
        var written = await EncodeAsync([.. phrase, .. phrase], 1, new EncodeConfig());
        Assert.Equal((written.Header.Samples, written.Tokens.Frames), (repeated.Header.Samples, repeated.Tokens.Frames));
        Assert.Equal(written.Header.GainDb, repeated.Header.GainDb, 0.2);
        // The gain differs a little, so compare two repeats with a longer one instead, whose gain is the same.
        var thrice = await EncodeAsync(phrase, 1, new EncodeConfig { Repeat = 3 });
        Assert.Equal(Tokens.Codes(repeated.Tokens)[..60], Tokens.Codes(thrice.Tokens)[..60]);
    }

    public static TheoryData<uint, OutputEncoding, uint> Decodings => new()
    {
        { 1, OutputEncoding.PcmF32Le, 0 },
        { 97, OutputEncoding.WavS16, 0 },
        { 500, OutputEncoding.WavS24, 48_000 },
        { 1_100, OutputEncoding.Flac, 22_050 },
    };

    /// <summary>
    /// Whole frames once all tokens are in, or the promised samples while they come: the same audio, however the tokens are cut.
    /// </summary>
    [Theory]
    [MemberData(nameof(Decodings))]
    public async Task Audio_does_not_depend_on_how_its_tokens_come(uint blockFrames, OutputEncoding encoding, uint sampleRate)
    {
        const uint Frames = 1_100;
        var tokens = Tokens.Of(14, Frames, i => i * 7919 % 1024);
        var output = new OutputFormat { Encoding = encoding, SampleRate = sampleRate };
        var whole = await DecodeAsync([tokens], new DecodeConfig { Output = output });
        var pieces = await DecodeAsync(Cut(tokens, blockFrames), new DecodeConfig { Output = output, Samples = Frames * Hop });
        Assert.Equal(whole.Header, pieces.Header);
        Assert.Equal(whole.Audio, pieces.Audio);
    }

    [Fact]
    public async Task The_end_is_cut_off_after_the_promised_samples()
    {
        var tokens = Tokens.Of(14, 1_030, i => i * 31 % 1024);
        var whole = await DecodeAsync([tokens], new DecodeConfig());
        foreach (var samples in new[] { 1, CodecChunk.Frames * Hop, CodecChunk.Frames * Hop + 1 })
        {
            var cut = await DecodeAsync([tokens], new DecodeConfig { Samples = (ulong)samples });
            Assert.Equal((ulong)samples, cut.Header.Samples);
            Assert.Equal(whole.Audio[..(samples * sizeof(float))], cut.Audio);
        }
    }

    [Fact]
    public async Task Audio_comes_back_while_tokens_still_go_in()
    {
        using var call = new CodecService.CodecServiceClient(mesh.Channel).Decode();
        await call.RequestStream.WriteAsync(new DecodeRequest { Config = new DecodeConfig { Samples = 1_100 * Hop } });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(1_100u * Hop, call.ResponseStream.Current.Header.Samples);
        await call.RequestStream.WriteAsync(new DecodeRequest { Tokens = Tokens.Of(14, (uint)CodecChunk.Needs(0), i => i % 1024) });
        var bytes = 0;
        while (bytes < CodecChunk.Frames * Hop * sizeof(float) && await call.ResponseStream.MoveNext(CancellationToken.None))
            bytes += call.ResponseStream.Current.Audio.Length;
        Assert.Equal(CodecChunk.Frames * Hop * sizeof(float), bytes);
        await call.RequestStream.WriteAsync(new DecodeRequest { Tokens = Tokens.Of(14, 1_100 - (uint)CodecChunk.Needs(0), i => i % 1024) });
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
            bytes += call.ResponseStream.Current.Audio.Length;
        Assert.Equal(1_100 * Hop * sizeof(float), bytes);
    }

    [Fact]
    public async Task Gain_is_applied_and_clipped_at_full_scale()
    {
        var tokens = Tokens.Of(14, 20, i => i * 31 % 1024);
        float[] Samples(byte[] bytes) => RawPcm.Decode(bytes, PcmEncoding.F32Le, 44_100, 1).Samples;
        var plain = Samples((await DecodeAsync([tokens], new DecodeConfig())).Audio);
        var quiet = Samples((await DecodeAsync([tokens], new DecodeConfig { GainDb = -20 })).Audio);
        Assert.All(plain.Zip(quiet), pair => Assert.Equal(pair.First / 10, pair.Second, 1e-6f));
        var loud = Samples((await DecodeAsync([tokens], new DecodeConfig { GainDb = 60 })).Audio);
        Assert.Equal(1f, loud.Max(MathF.Abs));
    }

    public static TheoryData<string> BadEncodings => new(EncodeCases.Keys);

    private static readonly Dictionary<string, (string Field, Action<EncodeConfig> Spoil)> EncodeCases = new()
    {
        ["channels"] = ("config.channels", c => c.Channels = (Channels)9),
        ["stretch too short"] = ("config.stretch", c => c.Stretch = 0.2),
        ["stretch too long"] = ("config.stretch", c => c.Stretch = 4.01),
        ["stretch negative"] = ("config.stretch", c => c.Stretch = -1),
        ["stretch no number"] = ("config.stretch", c => c.Stretch = double.NaN),
        ["pitch"] = ("config.pitch_semitones", c => c.PitchSemitones = 24.5),
        ["pitch no number"] = ("config.pitch_semitones", c => c.PitchSemitones = double.NaN),
        ["pitch infinite"] = ("config.pitch_semitones", c => c.PitchSemitones = double.NegativeInfinity),
        ["repeat"] = ("config.repeat", c => c.Repeat = uint.MaxValue),
        ["too long once stretched"] = ("audio", c => c.Stretch = 3),
        ["too long once repeated"] = ("audio", c => c.Repeat = 3),
        ["several at once"] =
            ("config.stretch,config.pitch_semitones,config.repeat", c => (c.Stretch, c.PitchSemitones, c.Repeat) = (9, 99, 9_999)),
    };

    [Theory]
    [MemberData(nameof(BadEncodings))]
    public async Task Encodings_that_cannot_be_done(string what)
    {
        var (field, spoil) = EncodeCases[what];
        var config = new EncodeConfig();
        spoil(config);
        await Errors.InvalidAsync(() => EncodeAsync(Tone(Support.Mesh.MaxSeconds * 0.4, 440, 0.3), 1, config), field);
    }

    [Fact]
    public async Task A_part_with_its_context_sounds_as_in_the_whole()
    {
        const int Total = 1_100;
        var tokens = Tokens.Of(14, Total, i => i * 7919 % 1024);
        var whole = (await DecodeAsync([tokens], new DecodeConfig())).Audio;
        var parts = new List<byte>();
        foreach (var chunk in CodecChunk.Of(Total))
        {
            var seen = Cut(tokens, 1).Skip(chunk.From).Take(chunk.Length);
            var part = await DecodeAsync(
                [TokenBlocks.Join([.. seen])], new DecodeConfig { ContextFrames = (uint)chunk.Skip, Samples = (ulong)(chunk.Count * Hop) });
            Assert.Equal((ulong)(chunk.Count * Hop), part.Header.Samples);
            parts.AddRange(part.Audio);
        }
        Assert.Equal(whole, parts);
    }

    [Fact]
    public async Task Context_alone_without_a_promise_is_cut_off_too()
    {
        var tokens = Tokens.Of(14, 30, i => i * 31 % 1024);
        var whole = await DecodeAsync([tokens], new DecodeConfig());
        var part = await DecodeAsync(Cut(tokens, 7), new DecodeConfig { ContextFrames = 10 });
        Assert.Equal(20ul * Hop, part.Header.Samples);
        Assert.Equal(whole.Audio[(10 * Hop * sizeof(float))..], part.Audio);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(uint.MaxValue)]
    public async Task Context_that_leaves_nothing_is_refused(uint frames) =>
        await Errors.InvalidAsync(
            () => DecodeAsync([Tokens.Of(14, 10, _ => 0)], new DecodeConfig { ContextFrames = frames }), "config.context_frames");

    [Theory]
    [InlineData(0ul)]
    [InlineData(10ul * Hop + 1)]
    [InlineData(ulong.MaxValue)]
    public async Task Samples_that_the_tokens_cannot_give_are_refused(ulong samples) =>
        await Errors.InvalidAsync(() => DecodeAsync([Tokens.Of(14, 10, _ => 0)], new DecodeConfig { Samples = samples }), "config.samples");

    [Fact]
    public async Task Tokens_that_go_wrong_on_the_way()
    {
        TokenTensor good = Tokens.Of(14, 10, _ => 0), other = Tokens.Of(4, 10, _ => 0), hidden = Tokens.Masked(14, 10, 3);
        foreach (var config in new[] { new DecodeConfig(), new DecodeConfig { Samples = 20 * Hop } })
        {
            await Errors.InvalidAsync(() => DecodeAsync([good, other], config), "tokens.codebooks");
            await Errors.InvalidAsync(() => DecodeAsync([good, hidden], config), "tokens.data");
            await Errors.InvalidAsync(() => DecodeAsync([], config), "tokens");
        }
    }

    private Task<EncodedAudio> EncodeAsync(float[] samples, uint channels, EncodeConfig config)
    {
        config.Input = Pcm(channels);
        return mesh.Client.EncodeAsync(new MemoryStream(RawPcm.Encode(samples, PcmEncoding.S16Le)), config);
    }

    private async Task<(AudioHeader Header, byte[] Audio)> DecodeAsync(IEnumerable<TokenTensor> blocks, DecodeConfig config)
    {
        using var call = new CodecService.CodecServiceClient(mesh.Channel).Decode();
        AudioHeader? header = null;
        var audio = new MemoryStream();
        await foreach (var response in call.ExchangeAsync(
            new DecodeRequest { Config = config }, blocks.ToAsyncEnumerable(), block => new DecodeRequest { Tokens = block }))
        {
            header ??= response.Header;
            audio.Write(response.Audio.Span);
        }
        return (header!, audio.ToArray());
    }

    private static IEnumerable<TokenTensor> Cut(TokenTensor tokens, uint blockFrames)
    {
        var codes = Tokens.Codes(tokens);
        for (var at = 0u; at < tokens.Frames; at += blockFrames)
        {
            var (start, frames) = (at, Math.Min(blockFrames, tokens.Frames - at));
            yield return Tokens.Of(tokens.Codebooks, frames, i => codes[i / frames * tokens.Frames + start + i % frames]);
        }
    }

    private static InputFormat Pcm(uint channels) => new() { Encoding = InputEncoding.PcmS16Le, SampleRate = 44_100, Channels = channels };

    private static float[] Tone(double seconds, double frequency, double amplitude) =>
        [.. Enumerable.Range(0, (int)(seconds * 44_100)).Select(i => (float)(amplitude * Math.Sin(2 * Math.PI * frequency * i / 44_100)))];

    private static float[] Interleave(float[] left, float[] right) =>
        [.. left.Zip(right).SelectMany(pair => new[] { pair.First, pair.Second })];
}
