using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Audio.Processing;

namespace VampNet.Evaluation;

/// <summary>A codec that everybody has, at a low bitrate: what the models' compression is to be seen beside.</summary>
/// <param name="bitsPerSecond">of the music; the file around it takes some more</param>
internal sealed class OpusCondition(string name, int bitsPerSecond) : Condition(name)
{
    private const int OpusRate = 48_000, LowestRate = 6_000, HighestRate = 256_000; // Hz, and bit/s of libsndfile's compression 1 and 0

    public override Task<Rendition> RenderAsync(Excerpt excerpt, CancellationToken cancellationToken)
    {
        var audio = Resampler.Resample(new AudioBuffer(excerpt.Samples, Excerpt.SampleRate), OpusRate);
        var file = AudioFile.Encode(audio, AudioFormat.Opus, (double)(HighestRate - bitsPerSecond) / (HighestRate - LowestRate));
        var decoded = Resampler.Resample(AudioFile.Read(new MemoryStream(file)), Excerpt.SampleRate).Samples;
        var samples = new float[excerpt.Samples.Length]; // the last packet may be longer, or the resampler a sample short
        decoded.AsSpan(0, Math.Min(decoded.Length, samples.Length)).CopyTo(samples);
        return Task.FromResult(new Rendition(samples, 8.0 * file.Length * Excerpt.SampleRate / samples.Length));
    }
}
