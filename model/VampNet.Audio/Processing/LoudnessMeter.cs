namespace VampNet.Audio.Processing;

/// <summary>
/// Integrated loudness after ITU-R BS.1770-4, measured as the audio comes: K-weighting, 400 ms blocks at 75 % overlap,
/// gated at -70 LUFS and at 10 LU below the mean of what passed. Three conventions follow the public reference
/// (audiotools over pyloudnorm), because models were trained with them: the K-weighting is derived for any sample rate
/// from 1500 Hz / +4 dB and 38 Hz, the last block is completed with silence, and nothing measures below
/// <see cref="Loudness.Silence"/>. Keeps ten numbers a second.
/// </summary>
public sealed class LoudnessMeter
{
    private const double BlockSeconds = 0.4;
    private const double MinSeconds = 0.5;
    private const double RelativeGate = -10;

    // Front left, right, centre weigh 1, surround channels 1.41 (BS.1770-4 table 3).
    private static readonly double[] ChannelWeights = [1, 1, 1, 1.41, 1.41];

    private readonly (Biquad Shelf, Biquad HighPass, double Weight)[] _channels;
    private readonly double _blockSamples;
    private readonly int _size, _step, _minFrames;
    private readonly Queue<double> _open = []; // energy so far at the start of each block that is not full yet
    private readonly List<double> _powers = []; // weighted mean square of each full block
    private double _energy;
    private long _frames;
    private int _untilStart, _untilEnd;

    /// <param name="sampleRate">in Hz</param>
    public LoudnessMeter(int sampleRate, int channels = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        _blockSamples = BlockSeconds * sampleRate;
        (_size, _step, _minFrames) = ((int)_blockSamples, Math.Max(1, (int)(_blockSamples * 0.25)), (int)(MinSeconds * sampleRate));
        _untilEnd = _size;
        var shelf = Biquad.HighShelf(sampleRate, frequency: 1500, q: Math.Sqrt(0.5), gainDb: 4);
        var highPass = Biquad.HighPass(sampleRate, frequency: 38, q: 0.5);
        _channels = [.. Enumerable.Range(0, channels).Select(c => (shelf, highPass, c < ChannelWeights.Length ? ChannelWeights[c] : 1))];
    }

    /// <param name="samples">interleaved whole frames</param>
    public void Add(ReadOnlySpan<float> samples)
    {
        for (var at = 0; at < samples.Length; at += _channels.Length)
        {
            if (_untilStart-- == 0)
            {
                _open.Enqueue(_energy);
                _untilStart = _step - 1;
            }
            for (var c = 0; c < _channels.Length; c++)
            {
                ref var channel = ref _channels[c];
                var y = channel.HighPass.Process(channel.Shelf.Process(samples[at + c]));
                _energy += channel.Weight * y * y;
            }
            if (--_untilEnd == 0)
            {
                CloseBlock();
                _untilEnd = _step;
            }
        }
        _frames += samples.Length / _channels.Length;
    }

    /// <summary>Ends the measurement. Audio under 0.5 s is measured with silence after it.</summary>
    /// <returns>LUFS, at least <see cref="Loudness.Silence"/></returns>
    public double Finish()
    {
        if (_frames < _minFrames)
            Add(new float[(_minFrames - _frames) * _channels.Length]);
        var blocks = (Math.Max(_frames - _size, 0) + _step - 1) / _step + 1;
        while (_powers.Count < blocks)
            CloseBlock();
        var audible = Mean(above: Loudness.Silence);
        var gated = Mean(above: Math.Max(Loudness.Silence, ToLufs(audible) + RelativeGate));
        return Math.Max(Loudness.Silence, ToLufs(gated));
    }

    private void CloseBlock() => _powers.Add((_energy - _open.Dequeue()) / _blockSamples);

    private double Mean(double above) => _powers.Where(power => ToLufs(power) > above).DefaultIfEmpty(0).Average();

    private static double ToLufs(double power) => -0.691 + 10 * Math.Log10(power);
}

/// <summary>Integrated loudness of whole audio; <see cref="LoudnessMeter"/> says how it is measured.</summary>
public static class Loudness
{
    /// <summary>The lowest value, which silence has, in LUFS.</summary>
    public const double Silence = -70;

    /// <summary>
    /// Seconds from the start of a track, after each of which its loudness is judged anew where the rest is not there yet, up to the end of
    /// its opening. The first ones end with the first chunks that a codec decodes (<c>CodecChunk.Growing</c>).
    /// </summary>
    public static IReadOnlyList<double> OpeningSeconds { get; } = [1.1, 3.3, 7.8, 10];

    /// <summary><see cref="OpeningSeconds"/> as samples.</summary>
    public static IReadOnlyList<int> OpeningSamples(int sampleRate) => [.. OpeningSeconds.Select(seconds => (int)(seconds * sampleRate))];

    /// <summary>Integrated loudness in LUFS, at least <see cref="Silence"/>. Audio under 0.5 s is measured with silence after it.</summary>
    public static double Integrated(AudioBuffer audio)
    {
        ArgumentNullException.ThrowIfNull(audio);
        var meter = new LoudnessMeter(audio.SampleRate, audio.Channels);
        meter.Add(audio.Samples);
        return meter.Finish();
    }
}

/// <summary>The loudness that codecs expect (paper 3.1; the public reference's Interface._preprocess).</summary>
public static class Preprocess
{
    /// <summary>Loudness of everything that was trained on, in LUFS.</summary>
    public const double TargetLoudness = -24;

    /// <summary>
    /// What brings audio to a loudness, or its peak to 1 where that is less, in dB; near silence is
    /// raised by 46 dB at most.
    /// </summary>
    /// <param name="loudness">of the audio, in LUFS</param>
    /// <param name="peak">largest absolute sample</param>
    /// <param name="target">in LUFS</param>
    public static double GainDb(double loudness, float peak, double target = TargetLoudness) =>
        Math.Min(target - loudness, peak > 0 ? -20 * Math.Log10(peak) : double.PositiveInfinity);

    /// <summary>What samples are multiplied by for a gain.</summary>
    /// <param name="gainDb">in dB; 0 gives 1</param>
    public static double Factor(double gainDb) => Math.Pow(10, gainDb / 20);
}
