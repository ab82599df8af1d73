using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Core;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Testing;
using VampNet.Training.Codec;
using VampNet.Training.Data;

namespace VampNet.Training.Tests;

/// <summary>A folder of a few seconds of rendered notes, one track held out.</summary>
internal sealed class TestMusic : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TestMusic(int tracks = 3, double seconds = 4)
    {
        Directory.CreateDirectory(Folder);
        for (var i = 0; i < tracks; i++)
            AudioFile.Write(Path.Combine(Folder, $"track{i}.wav"), Render(i, seconds), AudioFormat.Wav16);
    }

    public string Folder => Path.Combine(_folder.Path, "music");

    public string Cache => Path.Combine(_folder.Path, "cache");

    public string Run(string name) => Path.Combine(_folder.Path, "runs", name);

    public MusicLibrary Open() => MusicLibrary.Open(Folder, Cache, ["track0.wav"], 44100, _ => { });

    /// <summary>A package with a codec that has hardly learned anything.</summary>
    public ModelPackage CodecPackage(int codebooks = 2)
    {
        var setup = new TrainingSetup(Folder, Cache, ["track0.wav"], Run("codec"), "cpu");
        var codec = new SpectralCodecOptions(Width: 32, EncoderBlocks: 1, DecoderBlocks: 1) { Codebooks = codebooks, CoarseCodebooks = 1 };
        var how = new CodecTrainingOptions { Steps = 3, ContinuousSteps = 2, Batch = 2, Frames = 32 };
        Trainings.TrainCodec(setup, codec, null, how, default);
        return Trainings.WritePackage(
            Run("package"), "test", "1", "none", new Dictionary<string, string> { [PartNames.Codec] = Run("codec") });
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Plucked notes of a scale, four a second.</summary>
    private static AudioBuffer Render(int track, double seconds)
    {
        var samples = new float[(int)(seconds * 44100)];
        for (var i = 0; i < samples.Length; i++)
        {
            var note = i / 11025;
            var t = i % 11025 / 44100.0;
            var frequency = 220 * Math.Pow(2, (note * 5 + track * 3) % 12 / 12.0);
            samples[i] =
                (float)(0.3 * Math.Exp(-6 * t) * (Math.Sin(Math.Tau * frequency * t) + 0.5 * Math.Sin(Math.Tau * 2 * frequency * t)));
        }
        return new AudioBuffer(samples, 44100);
    }
}
