using VampNet.Audio;
using VampNet.Audio.Files;

namespace VampNet.Cli.Tests;

/// <summary>A folder of one test's own.</summary>
public sealed class Workspace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vampnet-cli-test-");
    private readonly List<FileSystemWatcher> _watchers = [];

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    /// <summary>Two tones in stereo, with clicks every half second.</summary>
    public string Music(string name = "in.wav", double seconds = 2, AudioFormat format = AudioFormat.Wav16)
    {
        const int Rate = 44_100;
        var samples = new float[2 * (int)(seconds * Rate)];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = i / 2 / (double)Rate;
            var click = Math.Sin(2 * Math.PI * 1_500 * t) * Math.Exp(-(t % 0.5) / 0.006);
            samples[i] = (float)(0.4 * click + 0.1 * Math.Sin(2 * Math.PI * (i % 2 == 0 ? 220 : 330) * t));
        }
        AudioFile.Write(Path(name), new AudioBuffer(samples, Rate, 2), format);
        return Path(name);
    }

    /// <summary>Everything in the folder, hidden files too.</summary>
    public IEnumerable<string> Files() => _folder.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal);

    /// <summary>Ends once a file of this name pattern has been created.</summary>
    public Task Created(string pattern)
    {
        var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Disposed of at the end: one that nothing refers to falls silent.
        var watcher = new FileSystemWatcher(_folder.FullName, pattern);
        _watchers.Add(watcher);
        watcher.Created += (_, _) => created.TrySetResult();
        watcher.EnableRaisingEvents = true;
        return created.Task;
    }

    public void Dispose()
    {
        _watchers.ForEach(watcher => watcher.Dispose());
        _folder.Delete(recursive: true);
    }
}
