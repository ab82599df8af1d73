using VampNet.Audio.Processing;
using VampNet.Testing;

namespace VampNet.Audio.Tests;

public class PreparedAudioTests
{
    private const int Rate = 44_100;

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.001)]
    public void Loudness_becomes_the_target(double amplitude)
    {
        using var audio = Prepare(Signals.Sine(440, 4.5, 22_050, channels: 2, amplitude));
        Assert.Equal(Preprocess.TargetLoudness, Loudness.Integrated(new AudioBuffer(audio.ReadAll(), Rate)), 0.1);
        Assert.Equal((Rate, 1, 2 * (long)(4.5 * 22_050)), (audio.SampleRate, audio.Channels, audio.Frames));
        Assert.Equal((22_050, 2, 4.5), (audio.Source.SampleRate, audio.Source.Channels, audio.Source.Seconds));
        Assert.Equal(Preprocess.TargetLoudness, audio.Source.Loudness + audio.GainDb, 1e-9);
    }

    [Fact]
    public void The_peak_is_capped_where_loudness_would_pass_full_scale()
    {
        var clicks = new float[Rate * 4];
        for (var i = 0; i < clicks.Length; i += 22_050)
            clicks[i] = 0.5f;
        using var audio = Prepare(new AudioBuffer(clicks, Rate));
        Assert.Equal(1f, audio.ReadAll().Max(), 1e-6f);
    }

    [Fact]
    public void Silence_stays_silent()
    {
        using var audio = Prepare(new AudioBuffer(new float[10_000], Rate));
        Assert.All(audio.ReadAll(), sample => Assert.Equal(0f, sample));
    }

    [Theory]
    [InlineData(1, 48_000, 1)]
    [InlineData(3, 8_000, 16)]
    [InlineData(100_000, 48_000, 91_875)]
    public void Lengths_are_exact(int frames, int rate, int expected)
    {
        using var audio = Prepare(new AudioBuffer(new float[frames], rate));
        Assert.Equal(expected, audio.Frames);
    }

    [Fact]
    public void Reading_anywhere_gives_what_the_whole_has_there()
    {
        using var audio = Prepare(Signals.Chord(1.7, 48_000, 2), o => o with { Channels = ChannelLayout.Stereo, Repeat = 3 });
        Assert.Equal(3 * (long)(1.7 * 48_000 * 0.91875), audio.Frames);
        foreach (var channel in new[] { 0, 1 })
        {
            var whole = audio.ReadAll(channel);
            Assert.Equal(whole[..(whole.Length / 3)], whole[(whole.Length / 3 * 2)..]);
            foreach (var (from, count) in new[] { (0, 1), (70_000, 90_001), (whole.Length - 5, 5), (16_383, 3) })
            {
                var some = new float[count];
                audio.Read(channel, from, some);
                Assert.Equal(whole[from..(from + count)], some);
            }
        }
        var beyond = new float[] { 1, 1, 1 };
        audio.Read(1, audio.Frames - 1, beyond);
        Assert.Equal((audio.ReadAll(1)[^1], 0f, 0f), (beyond[0], beyond[1], beyond[2]));
        audio.Read(1, audio.Frames + 99, beyond);
        Assert.Equal([0, 0, 0], beyond);
    }

    [Fact]
    public void Left_and_right_get_the_gain_of_their_mix()
    {
        var source = Signals.Chord(2, Rate, 2);
        using var mix = Prepare(source);
        using var stereo = Prepare(source, o => o with { Channels = ChannelLayout.Stereo });
        Assert.Equal((1, 2), (mix.Channels, stereo.Channels));
        Assert.Equal((mix.GainDb, mix.Source.Loudness), (stereo.GainDb, stereo.Source.Loudness));
        var gain = (float)Math.Pow(10, stereo.GainDb / 20);
        for (var channel = 0; channel < 2; channel++)
            Assert.All(
                stereo.ReadAll(channel).Select((s, i) => (s, source.Samples[2 * i + channel])),
                pair => Assert.Equal(pair.Item2 * gain, pair.s, 1e-6f));
    }

    [Fact]
    public void The_louder_channel_caps_the_gain_of_both()
    {
        var source = new float[2 * Rate];
        (source[0], source[1], source[2_000]) = (0.01f, 0.02f, 0.5f);
        using var stereo = Prepare(new AudioBuffer(source, Rate, 2), o => o with { Channels = ChannelLayout.Stereo });
        Assert.Equal((1f, 0.04f), (stereo.ReadAll(0).Max(), stereo.ReadAll(1).Max()));
    }

    [Fact]
    public void Stereo_takes_the_first_two_of_many_and_the_one_of_mono()
    {
        using var surround = Prepare(
            new AudioBuffer([0.1f, 0.2f, 0.3f, 0.1f, 0.2f, 0.3f], Rate, 3), o => o with { Channels = ChannelLayout.Stereo });
        Assert.Equal(2, surround.Channels);
        Assert.Equal(2, surround.ReadAll(1)[1] / surround.ReadAll(0)[1], 1e-6);
        using var mono = Prepare(Signals.Sine(440, 1), o => o with { Channels = ChannelLayout.Stereo });
        Assert.Equal(1, mono.Channels);
    }

    [Theory]
    [InlineData(1.5, 0)]
    [InlineData(0.25, 0)]
    [InlineData(4, 0)]
    [InlineData(1, 7)]
    [InlineData(1, -24)]
    [InlineData(0.7, 12)]
    public void Stretching_changes_the_length_and_pitch_the_frequency(double stretch, double semitones)
    {
        var source = Signals.Sine(440, 3, 48_000, channels: 2);
        using var audio = Prepare(source, o => o with { Channels = ChannelLayout.Stereo, Stretch = stretch, PitchSemitones = semitones });
        Assert.Equal((long)Math.Round(3 * Rate * stretch), audio.Frames);
        Assert.Equal(Loudness.Integrated(source.ToMono()), audio.Source.Loudness, 0.05);
        for (var channel = 0; channel < 2; channel++)
        {
            var middle = audio.ReadAll(channel).AsSpan((int)audio.Frames / 4, (int)audio.Frames / 2);
            Assert.Equal(440 * Math.Pow(2, semitones / 12), Frequency(middle), 0.005 * 440);
            Assert.Equal(Preprocess.TargetLoudness, Loudness.Integrated(new AudioBuffer(middle.ToArray(), Rate)), 1.0);
        }
    }

    [Fact]
    public void Stretching_is_deterministic()
    {
        var source = Signals.Chord(2, Rate, 2);
        PreparedAudio Stretched() =>
            Prepare(source, o => o with { Channels = ChannelLayout.Stereo, Stretch = 1.3, PitchSemitones = -3, Repeat = 2 });
        using var first = Stretched();
        using var second = Stretched();
        Assert.Equal(first.ReadAll(1), second.ReadAll(1));
        Assert.Equal(2 * (long)Math.Round(2 * Rate * 1.3), first.Frames);
    }

    [Fact]
    public void One_sample_can_be_stretched()
    {
        using var audio = Prepare(new AudioBuffer([0.5f], Rate), o => o with { Stretch = 4, PitchSemitones = 5 });
        Assert.Equal(4, audio.Frames);
        Assert.All(audio.ReadAll(), sample => Assert.True(float.IsFinite(sample)));
    }

    [Theory]
    [InlineData(1.01, 1)]
    [InlineData(1, 2)]
    [InlineData(0.26, 4)]
    public void The_limit_holds_after_stretching_and_repeating(double stretch, int repeat)
    {
        var limits = new AudioLimits { MaxSeconds = 2 };
        var source = Signals.Sine(440, 2);
        using var fits = PreparedAudio.From(source.ToSampleProvider(), new PreparationOptions(Rate), limits);
        var refused = Assert.Throws<InvalidAudioException>(() =>
            PreparedAudio.From(source.ToSampleProvider(), new PreparationOptions(Rate) { Stretch = stretch, Repeat = repeat }, limits));
        Assert.Equal(AudioProblem.TooLong, refused.Problem);
        Assert.Contains("2 seconds", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A limit that lets everything in: what arithmetic makes of it is checked after each step.</summary>
    [Theory]
    [InlineData(2, Rate, 1)]
    [InlineData(1, 48_000, 1)]
    [InlineData(1, Rate, 1.5)]
    public void Infinities_that_are_born_on_the_way_are_refused(int channels, int rate, double stretch)
    {
        var limits = new AudioLimits { MaxAmplitude = float.MaxValue };
        var square = new AudioBuffer(
            [.. Enumerable.Range(0, 8_000 * channels).Select(i => i / channels / 50 % 2 == 0 ? 3.4e38f : -3.4e38f)], rate, channels);
        var refused = Assert.Throws<InvalidAudioException>(() => PreparedAudio.From(
            square.ToSampleProvider(), new PreparationOptions(Rate) { Stretch = stretch }, limits));
        Assert.Equal(AudioProblem.NotFinite, refused.Problem);
        if (channels > 1)
            Assert.Throws<InvalidAudioException>(() => square.ToSampleProvider().SpoolMono(limits));
    }

    [Fact]
    public void The_loudest_that_comes_in_can_be_brought_back_to_its_level()
    {
        using var audio = Prepare(Signals.Sine(440, 1, 48_000, channels: 2, amplitude: 99));
        Assert.InRange(audio.GainDb, -100, 0);
    }

    [Fact]
    public void Cancellation_ends_it()
    {
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(
            () => PreparedAudio.From(Signals.Sine(440, 1).ToSampleProvider(), new PreparationOptions(Rate), null, cancelled));
    }

    [Theory]
    [InlineData(0.2, 0, 1)]
    [InlineData(double.NaN, 0, 1)]
    [InlineData(1, 25, 1)]
    [InlineData(1, double.NaN, 1)]
    [InlineData(1, 0, 0)]
    public void Options_out_of_range_are_refused(double stretch, double semitones, int repeat) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Prepare(Signals.Sine(440, 1), o => o with { Stretch = stretch, PitchSemitones = semitones, Repeat = repeat }));

    private static PreparedAudio Prepare(AudioBuffer audio, Func<PreparationOptions, PreparationOptions>? with = null)
    {
        var options = new PreparationOptions(Rate);
        return PreparedAudio.From(audio.ToSampleProvider(), with?.Invoke(options) ?? options);
    }

    /// <summary>Of a sine, in Hz: rising zero crossings over the time between the first and the last.</summary>
    private static double Frequency(ReadOnlySpan<float> samples)
    {
        var (first, last, count) = (-1, 0, 0);
        for (var i = 1; i < samples.Length; i++)
        {
            if (samples[i - 1] >= 0 || samples[i] < 0)
                continue;
            (first, last, count) = (first < 0 ? i : first, i, count + 1);
        }
        return (count - 1) * (double)Rate / (last - first);
    }
}
