using VampNet.Audio.Processing;

namespace VampNet.Audio.Tests;

public class LoudnessTests
{
    /// <summary>BS.1770-4 annex 1: a 0 dBFS sine of 997 Hz in one front channel measures -3.01 LUFS.</summary>
    [Theory]
    [InlineData(22_050)]
    [InlineData(44_100)]
    [InlineData(48_000)]
    [InlineData(96_000)]
    public void The_calibration_tone_of_the_standard_has_its_loudness(int sampleRate) =>
        Assert.Equal(-3.01, Loudness.Integrated(Signals.Sine(997, 5, sampleRate, amplitude: 1)), 0.1);

    /// <summary>EBU Tech 3341 case 1: stereo 1 kHz sine at -23 dBFS is -23 LUFS.</summary>
    [Fact]
    public void Channels_add_up() =>
        Assert.Equal(-23, Loudness.Integrated(Signals.Sine(1_000, 5, 48_000, channels: 2, amplitude: Math.Pow(10, -23 / 20.0))), 0.1);

    /// <summary>EBU Tech 3341 case 3: quiet parts below the relative gate do not count.</summary>
    [Fact]
    public void The_relative_gate_drops_quiet_parts()
    {
        float[] Tone(double db, double seconds) => Signals.Sine(1_000, seconds, 48_000, 2, Math.Pow(10, db / 20)).Samples;
        var audio = new AudioBuffer([.. Tone(-36, 10), .. Tone(-23, 60), .. Tone(-36, 10)], 48_000, 2);
        Assert.Equal(-23, Loudness.Integrated(audio), 0.1);
    }

    [Fact]
    public void Silence_and_nothing_measure_the_floor()
    {
        Assert.Equal(Loudness.Silence, Loudness.Integrated(new AudioBuffer(new float[44_100], 44_100)));
        Assert.Equal(Loudness.Silence, Loudness.Integrated(new AudioBuffer(new float[1], 44_100)));
        Assert.Equal(Loudness.Silence, Loudness.Integrated(new AudioBuffer([], 44_100)));
    }

    [Theory]
    [InlineData(44_100, 1, 1_000)]
    [InlineData(11_025, 2, 7)]
    [InlineData(8_000, 6, 3_201)]
    [InlineData(44_100, 1, 1 << 20)]
    public void Piece_by_piece_equals_the_whole(int sampleRate, int channels, int pieceFrames)
    {
        var audio = Signals.Chord(3.3, sampleRate, channels);
        var meter = new LoudnessMeter(sampleRate, channels);
        foreach (var piece in audio.Samples.Chunk(pieceFrames * channels))
            meter.Add(piece);
        Assert.Equal(Loudness.Integrated(audio), meter.Finish());
    }
}
