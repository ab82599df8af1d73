namespace VampNet.Cli.Tests;

/// <summary>What needs no mesh: arguments, and failures to reach or load one.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("sing")]
    [InlineData("vamp")]
    [InlineData("vamp", "in.wav")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--steps", "many")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--seed", "-1")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--combine", "some")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--keep", "1-2-3")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--keep", "0-2,")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--keep", "-1-2")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--gateway", "nowhere")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--loud")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--device", "abacus")]
    [InlineData("vamp", "in.wav", "-o", "-", "--variations", "2")]
    [InlineData("vamp", "in.wav", "-o", "out.wav", "--temperature", "0,7")]
    [InlineData("train", "codec", "--run", "r", "--steps", "many")]
    [InlineData("load")]
    [InlineData("load", "--stage", "kitchen")]
    [InlineData("load", "--stage", "codec", "--mix", "short,tiny")]
    [InlineData("load", "--stage", "codec", "--rate", "0")]
    [InlineData("load", "--stage", "codec", "--rate", "100000", "--duration", "60")]
    [InlineData("load", "--stage", "codec", "--duration", "0")]
    [InlineData("load", "--stage", "codec", "--concurrency", "0")]
    [InlineData("load", "--stage", "codec", "--tenants", "-1")]
    [InlineData("load", "--stage", "codec", "--tolerance", "1")]
    [InlineData("load", "--stage", "codec", "--metrics", "nowhere")]
    [InlineData("load", "--stage", "codec", "--compare", "no-such-file")]
    [InlineData("serve")]
    [InlineData("serve", "codec", "--all")]
    [InlineData("serve", "kitchen")]
    [InlineData("serve", "--all", "--set", "nothing")]
    [InlineData("train", "coarse", "--run", "r", "--codec", "c", "--dimension", "10", "--heads", "3")]
    [InlineData("train", "codec", "--run", "r", "--steps", "0")]
    [InlineData("train", "fine", "--run", "r", "--codec", "c", "--schedule", "bus")]
    [InlineData("train", "codec", "--run", "r", "--threads", "0")]
    [InlineData("train", "codec", "--run", "r", "--variations", "-1")]
    [InlineData("train", "codec", "--run", "r", "--adversarial-from", "-1")]
    [InlineData("train", "codec", "--run", "r", "--decoder-of", "c", "--kind", "dac")]
    [InlineData("train", "coarse", "--run", "r", "--codec", "c", "--further", "--layers", "9", "--heads", "9")]
    [InlineData("train", "plot", "no-such-run")]
    [InlineData("eval", "all", "-o", "r")]
    [InlineData("eval", "all", "-o", "r", "--held-out", "list", "--excerpts", "1")]
    [InlineData("eval", "all", "-o", "r", "--held-out", "list", "--seconds", "1")]
    [InlineData("eval", "all", "-o", "r", "--held-out", "list", "--music", "no-such-folder")]
    [InlineData("finetune", ".")]
    [InlineData("finetune", ".", "--name", "no/folder")]
    [InlineData("finetune", "no-such-folder", "--name", "n")]
    [InlineData("package", "out", "--name", "n", "--licence", "l")]
    [InlineData("package", "out", "--name", "n", "--licence", "l", "--codec", "no-such-run")]
    [InlineData("convert", "/", "-o", "out", "--name", "n", "--licence", "l")]
    [InlineData("convert", "/", "-o", "out", "--name", "n")]
    [InlineData("convert", "/", "-o", "out", "--name", "n", "--licence", "l", "--lora", "nameless")]
    [InlineData("serve", "--all", "--model", "a", "--model", "default=b")]
    public async Task Bad_usage_is_one_line_and_exit_code_2(params string[] arguments)
    {
        var ended = await VampNetProcess.RunAsync(arguments);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.StartsWith("vampnet: ", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--steps many: expected a whole number up to 2147483647", "vamp", "in.wav", "-o", "out.wav", "--steps", "many")]
    [InlineData("--seed -1: expected a whole number from 0 to 18446744073709551615", "vamp", "in.wav", "-o", "out.wav", "--seed", "-1")]
    [InlineData("--temperature 0,7: expected a number such as 0.5", "vamp", "in.wav", "-o", "out.wav", "--temperature", "0,7")]
    [InlineData("--from 1,5: expected a number such as 0.5", "inpaint", "in.wav", "-o", "out.wav", "--from", "1,5", "--to", "2")]
    [InlineData("--steps 1e3: expected a whole number up to 2147483647", "train", "codec", "--run", "r", "--steps", "1e3")]
    public Task A_number_that_is_none(string words, params string[] arguments) => RefusesAsync(2, words, arguments);

    [Theory]
    [InlineData("--help")]
    [InlineData("vamp", "--help")]
    [InlineData("train", "fine", "--help")]
    [InlineData("--version")]
    public async Task Help_is_no_error(params string[] arguments)
    {
        var ended = await VampNetProcess.RunAsync(arguments);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.NotEmpty(ended.Output);
    }

    [Theory]
    [InlineData("column 1: \"evry\" is no prompt; did you mean \"every\"?", "evry 7")]
    [InlineData("column 17: expected \")\" for the \"(\" at column 1", "(beats | every 7")]
    public Task A_prompt_that_is_none(string words, string text) =>
        RefusesAsync(2, $"vampnet: --prompt: {words}", "vamp", "in.wav", "-o", "out.wav", "--prompt", text);

    [Fact]
    public async Task Files_that_are_not_there()
    {
        var music = _work.Music();
        await RefusesAsync(2, "missing.wav does not exist", "vamp", _work.Path("missing.wav"), "-o", _work.Path("out.wav"));
        await RefusesAsync(2, "folder", "vamp", Path.GetTempPath(), "-o", _work.Path("out.wav"));
        await RefusesAsync(
            2, "mask.safetensors does not exist", "vamp", music, "-o", _work.Path("out.wav"), "--mask", _work.Path("mask.safetensors"));
        await RefusesAsync(2, "is no mask file", "vamp", music, "-o", _work.Path("out.wav"), "--mask", music);
        await RefusesAsync(2, ".opus or .mp3", "vamp", music, "-o", _work.Path("out.m4a"));
        await RefusesAsync(2, "does not exist", "convert", _work.Path("missing.pth"), "-o", _work.Path("out.safetensors"));
        await RefusesAsync(
            2, "--layers does not go with --further", "train", "fine", "--run", _work.Path("run"), "--codec", "c", "--further", "--layers",
            "9");
        await RefusesAsync(2, "--music", "train", "codec", "--run", _work.Path("run"), "--music", _work.Path("nowhere"));
        Assert.Equal(["in.wav"], _work.Files());
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_a_failure()
    {
        var music = _work.Music();
        const string Unreachable =
            "the gateway at http://127.0.0.1:1 cannot be reached (Connection refused). Is the address right? \"vampnet serve --all\"";
        await RefusesAsync(1, Unreachable, "vamp", music, "-o", _work.Path("out.wav"), "--gateway", "http://127.0.0.1:1");
        await RefusesAsync(1, Unreachable, "encode", music, "-o", _work.Path("out.tokens"), "--gateway", "http://127.0.0.1:1");
        await RefusesAsync(1, Unreachable, "beats", music, "--gateway", "http://127.0.0.1:1");
        Assert.Equal(["in.wav"], _work.Files());
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_a_failure() =>
        await RefusesAsync(1, "no-such-model", "vamp", _work.Music(), "-o", _work.Path("out.wav"), "--model", "no-such-model");

    private static async Task RefusesAsync(int exitCode, string words, params string[] arguments)
    {
        var ended = await VampNetProcess.RunAsync(arguments);
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Contains(words, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }
}
