using System.Buffers.Binary;
using System.Text;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Model.Checkpoints;

namespace VampNet.Cli.Tests;

/// <summary>Bad input ends with exit code 2, one line that says what is wrong, and no file.</summary>
[Collection(CliTests.Name)]
public sealed class BadInputTests(MeshFixture mesh) : IDisposable
{
    private const int WavRateOffset = 24;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public Task What_is_no_audio_is_refused() => RefusesAsync("not audio", Encoding.UTF8.GetBytes("This is a letter, not a song."));

    [Fact]
    public Task Empty_audio_is_refused() => RefusesAsync("empty", Array.Empty<byte>());

    [Fact]
    public Task A_truncated_header_is_refused() => RefusesAsync("truncated", Wav(1)[..30]);

    [Fact]
    public Task A_file_without_samples_is_refused() =>
        RefusesAsync("no samples", AudioFile.Encode(new AudioBuffer([], 44_100), AudioFormat.Wav16));

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "infinite")]
    public Task A_sample_that_is_not_finite_is_refused(float sample, string word) =>
        RefusesAsync(word, AudioFile.Encode(new AudioBuffer([0.1f, sample, 0.2f], 44_100), AudioFormat.WavFloat));

    [Theory]
    [InlineData(1)]
    [InlineData(2_000_000_000)]
    public Task An_absurd_sample_rate_is_refused(int rate)
    {
        var bytes = Wav(1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(WavRateOffset), rate);
        return RefusesAsync($"{rate} Hz", bytes);
    }

    [Fact]
    public Task A_damaged_file_is_refused() => RefusesAsync("damaged at", Spoilt(_work.Music("damaged.flac", format: AudioFormat.Flac)));

    [Fact]
    public Task A_format_that_is_not_read_is_refused_with_what_helps() =>
        RefusesAsync("ffmpeg -i in.m4a out.wav", [0, 0, 0, 32, .. "ftypM4A "u8, .. new byte[99]]);

    [Fact]
    public Task Floats_in_units_of_integers_are_refused() =>
        RefusesAsync("audio: sample", AudioFile.Encode(new AudioBuffer([0.1f, 32_000, -32_000], 44_100), AudioFormat.WavFloat));

    /// <summary>The same length as the healthy file, and a warning.</summary>
    [Fact]
    public async Task Damage_that_is_allowed_is_a_warning()
    {
        var file = _work.Write("in.flac", Spoilt(_work.Music("damaged.flac", format: AudioFormat.Flac)));
        var ended = await VampNetProcess.RunAsync(
            "vamp", file, "-o", _work.Path("out.wav"), "--allow-damaged", "--periodic", "7", "--steps", "2", "--gateway", mesh.Gateway);
        Assert.Equal(0, ended.ExitCode);
        Assert.StartsWith("vampnet: warning: audio is damaged at ", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(88_200, AudioFile.Read(_work.Path("out.wav")).Frames);
    }

    private static byte[] Spoilt(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(bytes.Length / 2, 64).Fill(0x55);
        return bytes;
    }

    [Fact]
    public Task Audio_longer_than_the_limit_is_refused() =>
        RefusesAsync($"{MeshFixture.MaxSeconds} seconds", Wav(MeshFixture.MaxSeconds + 1));

    [Theory]
    [InlineData("--periodic: ", "--periodic", "-1")]
    [InlineData("--prompt: ", "--prompt", "every 7 & codebooks 99")]
    [InlineData("--steps: ", "--steps", "0")]
    [InlineData("vampnet: --temperature: is -0.5, expected above 0\n", "--temperature", "-0.5")]
    [InlineData("vampnet: --fine-temperature: is -0.5, expected above 0\n", "--fine-temperature", "-0.5")]
    [InlineData("--codebooks: ", "--codebooks", "15")]
    [InlineData("--top-p: ", "--top-p", "1.5")]
    [InlineData("--random: ", "--random", "2")]
    [InlineData("--prefix: ", "--prefix", "-1")]
    [InlineData("--keep, stretch 2: ", "--keep", "0-1,3-2")]
    [InlineData("--onsets: ", "--onsets", "0")]
    [InlineData("--dropout: ", "--dropout", "1.5")]
    [InlineData("--bitrate: ", "--bitrate", "0")]
    [InlineData("--typical-mass: ", "--typical-mass", "2")]
    [InlineData("--fine-typical-min-tokens: ", "--fine-typical-min-tokens", "0")]
    [InlineData("--before-beat: ", "--beats", "--periodic", "7", "--before-beat", "-1")]
    [InlineData("--pitch: ", "--pitch", "99")]
    [InlineData("--variations: ", "--variations", "99")]
    [InlineData("--preset: \"no-such\" is none of", "--preset", "no-such")]
    [InlineData("--keep, stretch 1: ", "--keep", "3-2", "--random", "0.5", "--combine", "any")]
    public Task Fields_out_of_range_are_named_as_they_were_typed(string words, params string[] options) =>
        RefusesAsync(words, Wav(0.5), options);

    [Theory]
    [InlineData("--to, stretch 2: ", "inpaint", "--from", "0", "--to", "0.1", "--from", "0.3", "--to", "0.2")]
    [InlineData("--seconds: ", "continue", "--seconds", "-1")]
    [InlineData("--times: ", "loop", "--times", "9999")]
    public Task Fields_of_other_verbs_are_named_as_they_were_typed(string words, string verb, params string[] options) =>
        RefusesAsync(
            words, [verb, _work.Write("in.wav", Wav(0.5)), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway, .. options]);

    [Theory]
    [InlineData("vamp", 14, 999)]
    [InlineData("vamp", 13, 29)]
    [InlineData("vamp", 0, 0)]
    [InlineData("score", 14, 999)]
    [InlineData("score", 0, 0)]
    [InlineData("preview", 13, 29)]
    public async Task A_mask_of_another_shape_is_refused(string verb, int codebooks, int frames)
    {
        var mask = new RawTensor(ElementType.U8, [codebooks, frames], new byte[codebooks * frames]);
        using (var file = File.Create(_work.Path("mask.safetensors")))
            Safetensors.Write(
                file, new TensorTable("mask", new Dictionary<string, RawTensor> { ["mask"] = mask }, new Dictionary<string, string>()));
        string[] output = verb == "vamp" ? ["-o", _work.Path("out.wav")] : [];
        await RefusesAsync(
            "--mask",
            [verb, _work.Write("in.wav", Wav(0.5)), .. output, "--mask", _work.Path("mask.safetensors"), "--gateway", mesh.Gateway]);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(ushort.MaxValue)]
    public async Task Tokens_that_are_none_are_refused(ushort token)
    {
        await VampNetProcess.RunAsync("encode", _work.Music(seconds: 0.5), "-o", _work.Path("music.tokens"), "--gateway", mesh.Gateway);
        var bytes = File.ReadAllBytes(_work.Path("music.tokens"));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.Length - 2), token);
        _work.Write("music.tokens", bytes);
        await RefusesAsync("token", "decode", _work.Path("music.tokens"), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway);
    }

    [Fact]
    public Task Music_is_refused_as_a_token_file() =>
        RefusesAsync("no token file", "decode", _work.Music(), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway);

    [Fact]
    public Task What_is_no_checkpoint_is_refused() =>
        RefusesAsync("in.pth", "convert", _work.Write("in.pth", [1, 2, 3]), "-o", _work.Path("out.safetensors"));

    private static byte[] Wav(double seconds) =>
        AudioFile.Encode(new AudioBuffer(new float[(int)(seconds * 44_100)], 44_100), AudioFormat.Wav16);

    private Task RefusesAsync(string words, byte[] audio, params string[] options) =>
        RefusesAsync(words, ["vamp", _work.Write("in.wav", audio), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway, .. options]);

    private async Task RefusesAsync(string words, params string[] arguments)
    {
        var before = _work.Files().ToArray();
        var ended = await VampNetProcess.RunAsync(arguments);
        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith("vampnet: ", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.Contains(words, ended.Error, StringComparison.Ordinal);
        Assert.Equal("", ended.Output);
        Assert.Equal(before, _work.Files());
    }
}
