using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Grpc.Core;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Osc;

/// <summary>
/// Serves loopers by Open Sound Control over UDP, with the messages of the reference's Max patch unloop: "/process" varies a file,
/// "/heartbeat" asks whether somebody is there, "/cleanup" drops a result. Only this machine can reach it; files are made in one folder,
/// and only those are dropped.
/// </summary>
/// <param name="folder">for results</param>
/// <param name="log">a line of what happens</param>
internal sealed class OscBridge(VampNetClient client, int port, int replyPort, string folder, Action<string> log) : IDisposable
{
    // Of requests that wait: a looper that presses on is told so.
    private const int MostWaiting = 8;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, port));
    private readonly IPEndPoint _looper = new(IPAddress.Loopback, replyPort);
    private readonly Channel<UnloopRequest> _requests = Channel.CreateBounded<UnloopRequest>(MostWaiting);

    /// <summary>Serves until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = WorkAsync(either.Token);
        try
        {
            await SendAsync("/log", "vampnet is here");
            while (await Task.WhenAny(work, _socket.ReceiveAsync(either.Token).AsTask()) is Task<UdpReceiveResult> received)
                await TakeAsync((await received).Buffer);
            await work;
        }
        finally
        {
            await either.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task TakeAsync(byte[] packet)
    {
        try
        {
            foreach (var message in OscMessage.Read(packet))
                await TakeAsync(message);
        }
        catch (InvalidDataException error)
        {
            await FailAsync($"the message {error.Message}");
        }
    }

    private async Task TakeAsync(OscMessage message)
    {
        switch (message.Address)
        {
            case "/heartbeat":
                await SendAsync("/heartbeat", "pong");
                break;
            case "/process":
                if (!_requests.Writer.TryWrite(UnloopRequest.Read(message)))
                    await FailAsync($"{MostWaiting} requests wait already");
                break;
            case "/cleanup" when message.Arguments is [string path]:
                if (Path.GetDirectoryName(Path.GetFullPath(path)) != folder)
                    throw new InvalidDataException($"/cleanup: {path} is not in {folder}");
                File.Delete(path);
                break;
            default:
                throw new InvalidDataException(
                    $"{message.Address} with {message.Arguments.Count} arguments is unknown; /process, /heartbeat and /cleanup are not");
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await foreach (var request in _requests.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                var files = await VampAsync(request, cancellationToken);
                log($"{request.Id}: {string.Join(", ", files)}");
                await SendAsync("/process-result", [request.Id, .. files]);
            }
            catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
            {
                await FailAsync($"{request.Id}: {error.Status.Detail}");
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                await FailAsync($"{request.Id}: {error.Message}");
            }
        }
    }

    /// <returns>a file for each variation</returns>
    private async Task<IReadOnlyList<string>> VampAsync(UnloopRequest request, CancellationToken cancellationToken)
    {
        if (!File.Exists(request.AudioPath))
            throw new InvalidDataException($"there is no file {request.AudioPath}");
        var music = AudioFile.Read(request.AudioPath);
        var loop = (int)Math.Clamp(request.LoopSeconds * music.SampleRate, 1, music.Frames);
        var config = request.Config.Clone();
        config.Output = new OutputFormat { Encoding = OutputEncoding.WavF32 };
        using var phrase = new MemoryStream(AudioFile.Encode(
            new AudioBuffer(music.Samples[..(loop * music.Channels)], music.SampleRate, music.Channels), AudioFormat.WavFloat));
        var results = new MemoryStream[config.Variations];
        await foreach (var response in client.VampAsync(config, phrase, cancellationToken: cancellationToken))
        {
            if (response.HasAudio)
                (results[response.Variation] ??= new MemoryStream()).Write(response.Audio.Span);
            else if (response.Progress is { } progress)
                await SendAsync("/progress", request.Id, $"{progress.Stage} {progress.Step}/{progress.Steps}");
        }
        return [.. results.Select((audio, i) => Write(request, music, AudioFile.Read(audio.ToArray()), loop, i + 1))];
    }

    /// <summary>A variation, and what follows the loop in its file.</summary>
    private string Write(UnloopRequest request, AudioBuffer music, AudioBuffer variation, int loop, int number)
    {
        var rest = music.Samples.AsSpan(loop * music.Channels);
        var channels = variation.Channels;
        var samples = new float[loop * channels + rest.Length / music.Channels * channels];
        variation.Samples.AsSpan(0, loop * channels).CopyTo(samples);
        for (var i = loop * channels; i < samples.Length; i++)
            samples[i] = rest[(i / channels - loop) * music.Channels + i % channels];
        var path = Path.Combine(
            folder, $"{Path.GetFileNameWithoutExtension(request.AudioPath)}-{Guid.NewGuid():N}-{number}.wav");
        AudioFile.Write(path, new AudioBuffer(samples, music.SampleRate, channels), AudioFormat.WavFloat);
        return path;
    }

    private async Task FailAsync(string problem)
    {
        log(problem);
        await SendAsync("/error", problem);
    }

    private async Task SendAsync(string address, params IReadOnlyList<object> arguments) =>
        await _socket.SendAsync(new OscMessage(address, arguments).ToBytes(), _looper, CancellationToken.None);
}
