using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VampNet.Audio.Files;
using VampNet.Cli.Osc;

namespace VampNet.Cli.Tests.Osc;

/// <summary><c>vampnet live</c> as its own process, with a looper that is this test, or Pure Data.</summary>
[Collection(CliTests.Name)]
public sealed class LiveCommandTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_file_is_played_as_a_loop_and_what_is_heard_is_as_long()
    {
        var ended = await VampNetProcess.RunAsync(
            "live", "--input", _work.Music(seconds: 4), "--rounds", "2", "--steps", "1", "--seed", "3", "-o", _work.Path("out.wav"),
            "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var lines = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^   1  (Variation|Loop) ", lines[0]);
        var audio = AudioFile.Read(_work.Path("out.wav"));
        Assert.Equal((44_100, 2, 2 * 4 * 44_100), (audio.SampleRate, audio.Channels, audio.Frames));
    }

    [Fact]
    public async Task What_to_play_must_be_said()
    {
        var nothing = await VampNetProcess.RunAsync("live", "--gateway", mesh.Gateway);
        Assert.Equal(2, nothing.ExitCode);
        Assert.Contains("--input loop.wav, or --osc 8001", nothing.Error, StringComparison.Ordinal);
        var both = await VampNetProcess.RunAsync("live", "--osc", "8001", "--input", _work.Music(), "--gateway", mesh.Gateway);
        Assert.Contains("without --input", both.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_looper_is_served_and_told_what_is_wrong()
    {
        using var looper = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var bridge = await BridgeAsync(((IPEndPoint)looper.Client.LocalEndPoint!).Port);
        await SendAsync("/heartbeat");
        Assert.Equal(["pong"], (await UntilAsync(looper, "/heartbeat")).Arguments);

        object[] request =
            [132, "vampnet", _work.Music(seconds: 2), "default", 7, 0f, 11, 1_500f, 0, 0.15f, 64, 4, 0, 1, 1f, 0.9f, 0f, 1];
        await SendAsync("/process", request);
        var result = await UntilAsync(looper, "/process-result");
        Assert.Equal(132, result.Arguments[0]);
        var paths = result.Arguments.Skip(1).Cast<string>().ToList();
        Assert.Equal(2, paths.Count);
        var music = AudioFile.Read(_work.Music(seconds: 2));
        foreach (var audio in paths.Select(path => AudioFile.Read(path)))
        {
            Assert.Equal((music.SampleRate, music.Frames), (audio.SampleRate, audio.Frames));
            Assert.Equal(music.Samples[(2 * 66_150)..], audio.Samples[(2 * 66_150)..]); // after the loop, to the bit
            Assert.NotEqual(music.Samples[..1_000], audio.Samples[..1_000]);
        }

        await SendAsync("/cleanup", paths[0]);
        await SendAsync("/cleanup", request[2]);
        Assert.Contains("is not in", (string)(await UntilAsync(looper, "/error")).Arguments[0], StringComparison.Ordinal);
        Assert.Equal((false, true, true), (File.Exists(paths[0]), File.Exists(paths[1]), File.Exists((string)request[2])));

        request[2] = _work.Path("nothing.wav");
        await SendAsync("/process", request);
        Assert.Contains("there is no file", (string)(await UntilAsync(looper, "/error")).Arguments[0], StringComparison.Ordinal);
        await SendAsync("/what");
        Assert.Contains("/what", (string)(await UntilAsync(looper, "/error")).Arguments[0], StringComparison.Ordinal);
        await looper.SendAsync(new byte[] { 1, 2, 3 }, bridge.Address);
        Assert.Contains("the message", (string)(await UntilAsync(looper, "/error")).Arguments[0], StringComparison.Ordinal);

        async Task SendAsync(string address, params object[] arguments) =>
            await looper.SendAsync(new OscMessage(address, arguments).ToBytes(), bridge.Address);
    }

    [Fact]
    public async Task Pure_Data_is_a_looper()
    {
        var replyPort = FreePort();
        using var bridge = await BridgeAsync(replyPort);
        var script = Path.Combine(AppContext.BaseDirectory, "Osc", "unloop.pd");
        var start = new ProcessStartInfo("pd")
        {
            RedirectStandardError = true,
            ArgumentList =
            {
                "-nogui", "-noaudio", "-stderr", "-open", script, "-send",
                $"; reply listen {replyPort}; bridge connect 127.0.0.1 {bridge.Address.Port}; "
                    + $"process {_work.Music(seconds: 2)}",
            },
        };
        using var pd = Process.Start(start)!;
        try
        {
            while (await pd.StandardError.ReadLineAsync() is { } line)
            {
                Assert.DoesNotContain("/error", line, StringComparison.Ordinal);
                if (!line.Contains("process-result", StringComparison.Ordinal))
                    continue;
                Assert.Equal(2, line.Split(' ').Count(File.Exists));
                return;
            }
            Assert.Fail("Pure Data ended without a result");
        }
        finally
        {
            pd.Kill();
            await pd.WaitForExitAsync();
        }
    }

    private async Task<Bridge> BridgeAsync(int replyPort)
    {
        var port = FreePort();
        var process = VampNetProcess.Start(
            "live", "--osc", $"{port}", "--osc-reply", $"{replyPort}", "--osc-folder", _work.Path("results"), "--gateway", mesh.Gateway);
        Assert.Equal($"osc {port}", await process.StandardOutput.ReadLineAsync());
        return new Bridge(process, new IPEndPoint(IPAddress.Loopback, port));
    }

    private static async Task<OscMessage> UntilAsync(UdpClient looper, string address)
    {
        while (true)
        {
            var message = Assert.Single(OscMessage.Read((await looper.ReceiveAsync()).Buffer));
            if (message.Address == address)
                return message;
            Assert.Contains(message.Address, new[] { "/log", "/progress" });
        }
    }

    private static int FreePort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }

    private sealed record Bridge(Process Process, IPEndPoint Address) : IDisposable
    {
        public void Dispose()
        {
            Process.Kill();
            Process.WaitForExit();
            Process.Dispose();
        }
    }
}
