using VampNet.Audio.Processing;
using VampNet.Testing;

namespace VampNet.Audio.Tests;

/// <summary>Against the reference's preprocessing: julius' sinc resampler, audiotools' loudness.</summary>
public class PreprocessGoldenTests
{
    private const int InputRate = 48_000;
    private const int Rate = 44_100;
    private const int Hop = 768;

    /// <summary>
    /// Two good resamplers differ where their filters roll off, which nobody hears. Measured: the difference lies
    /// 97 to 107 dB below the signal up to 18 kHz (16-bit noise is at 98 dB) and 49 dB below it over the whole band,
    /// all of that above 19 kHz, where julius' 24-zero Hann-windowed sinc has begun to fall and soxr has not.
    /// </summary>
    [Fact]
    public void Resampling_is_audibly_equivalent()
    {
        var expected = Load("pre_resampled_44k", Rate);
        var actual = Resampler.Resample(Load("pre_in_48k_stereo", InputRate), Rate);
        Assert.Equal((expected.Frames, expected.Channels), (actual.Frames, actual.Channels));
        for (var channel = 0; channel < expected.Channels; channel++)
            Assert.InRange(Signals.Snr(Audible(expected, channel), Audible(actual, channel)), 90, double.PositiveInfinity);
    }

    [Fact]
    public void The_whole_chain_is_audibly_equivalent()
    {
        var golden = Goldens.Array("pre_out");
        var actual = Prepare(Load("pre_in_48k_stereo", InputRate));
        Assert.Equal(golden.Shape[^1], actual.Frames);
        Assert.InRange(Signals.Snr(Audible(new AudioBuffer(golden.Floats, Rate), 0), Audible(actual, 0)), 80, double.PositiveInfinity);
    }

    [Fact]
    public void The_loudness_of_the_mono_signal_is_the_references()
    {
        Assert.Equal(Goldens.Array("pre_lufs").Floats[0], Loudness.Integrated(Load("pre_resampled_44k", Rate).ToMono()), 1e-3);
    }

    [Fact]
    public void The_loudness_of_audio_shorter_than_a_block_is_the_references()
    {
        var audio = Load("pre_in_48k_stereo", InputRate);
        var shortest = new float[InputRate / 5];
        for (var i = 0; i < shortest.Length; i++)
            shortest[i] = audio.Samples[i * audio.Channels];
        Assert.Equal(Goldens.Array("pre_lufs_short").Floats[0], Loudness.Integrated(new AudioBuffer(shortest, InputRate)), 1e-3);
    }

    [Fact]
    public void Mixing_loudness_and_padding_are_the_references()
    {
        var expected = Goldens.Array("pre_out");
        var actual = Prepare(Load("pre_resampled_44k", Rate));
        Assert.Equal(expected.Shape[^1], actual.Frames);
        Assert.All(expected.Floats.Zip(actual.Samples), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    /// <summary>As codecs hear it, with silence to whole hops.</summary>
    private static AudioBuffer Prepare(AudioBuffer audio)
    {
        using var prepared = PreparedAudio.From(audio.ToSampleProvider(), new PreparationOptions(Rate));
        var samples = new float[(prepared.Frames + Hop - 1) / Hop * Hop];
        prepared.Read(0, 0, samples);
        return new AudioBuffer(samples, prepared.SampleRate);
    }

    /// <summary>One channel below 18 kHz: a Blackman-windowed sinc of 511 taps, where it overlaps in full.</summary>
    private static float[] Audible(AudioBuffer audio, int channel)
    {
        const int Half = 255;
        var bandwidth = 2 * 18_000.0 / audio.SampleRate;
        var taps = new double[2 * Half + 1];
        for (var i = -Half; i <= Half; i++)
        {
            var sinc = i == 0 ? bandwidth : Math.Sin(Math.PI * bandwidth * i) / (Math.PI * i);
            taps[i + Half] = sinc * (0.42 + 0.5 * Math.Cos(Math.PI * i / Half) + 0.08 * Math.Cos(2 * Math.PI * i / Half));
        }
        var output = new float[audio.Frames - 2 * Half];
        for (var n = 0; n < output.Length; n++)
        {
            double sum = 0;
            for (var k = 0; k < taps.Length; k++)
                sum += taps[k] * audio.Samples[(n + k) * audio.Channels + channel];
            output[n] = (float)sum;
        }
        return output;
    }

    /// <summary>A (1, channels, frames) array.</summary>
    private static AudioBuffer Load(string name, int sampleRate)
    {
        var array = Goldens.Array(name);
        var (channels, frames) = (array.Shape[1], array.Shape[2]);
        var samples = new float[channels * frames];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = array.Floats[i % channels * frames + i / channels];
        return new AudioBuffer(samples, sampleRate, channels);
    }
}
