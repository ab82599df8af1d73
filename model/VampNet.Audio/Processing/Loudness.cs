namespace VampNet.Audio.Processing;

/// <summary>
/// Integrated loudness after ITU-R BS.1770-4: K-weighting, 400 ms blocks at 75 % overlap, gated at -70 LUFS and at
/// 10 LU below the mean of what passed. Three conventions follow the public reference (audiotools over pyloudnorm),
/// because models were trained with them: the K-weighting is derived for any sample rate from 1500 Hz / +4 dB and
/// 38 Hz, the last block is completed with silence, and nothing measures below <see cref="Silence"/>.
/// </summary>
public static class Loudness
{
    /// <summary>The lowest value, which silence has, in LUFS.</summary>
    public const double Silence = -70;

    private const double BlockSeconds = 0.4;
    private const double MinSeconds = 0.5;
    private const double RelativeGate = -10;

    // Front left, right, centre weigh 1, surround channels 1.41 (BS.1770-4 table 3).
    private static readonly double[] ChannelWeights = [1, 1, 1, 1.41, 1.41];

    /// <summary>Integrated loudness in LUFS, at least <see cref="Silence"/>. Audio under 0.5 s is measured with silence after it.</summary>
    public static double Integrated(AudioBuffer audio)
    {
        ArgumentNullException.ThrowIfNull(audio);
        var blocks = BlockPowers(audio);
        var audible = Mean(blocks, above: Silence);
        var gated = Mean(blocks, above: Math.Max(Silence, ToLufs(audible) + RelativeGate));
        return Math.Max(Silence, ToLufs(gated));
    }

    /// <summary>Weighted mean square of each gating block.</summary>
    private static double[] BlockPowers(AudioBuffer audio)
    {
        var size = (int)(BlockSeconds * audio.SampleRate);
        var step = (int)(BlockSeconds * audio.SampleRate * 0.25);
        var length = Math.Max(audio.Frames, (int)(MinSeconds * audio.SampleRate));
        var blocks = new double[(Math.Max(length - size, 0) + step - 1) / step + 1];
        for (var channel = 0; channel < audio.Channels; channel++)
        {
            var weight = channel < ChannelWeights.Length ? ChannelWeights[channel] : 1;
            var energy = CumulativeEnergy(audio, channel, length);
            for (var b = 0; b < blocks.Length; b++)
                blocks[b] += weight * (energy[Math.Min(b * step + size, length)] - energy[b * step]) / (BlockSeconds * audio.SampleRate);
        }
        return blocks;
    }

    /// <summary>Running sum of squares of one K-weighted channel, silence to <paramref name="length"/>: length + 1 values.</summary>
    private static double[] CumulativeEnergy(AudioBuffer audio, int channel, int length)
    {
        var shelf = Biquad.HighShelf(audio.SampleRate, frequency: 1500, q: Math.Sqrt(0.5), gainDb: 4);
        var highPass = Biquad.HighPass(audio.SampleRate, frequency: 38, q: 0.5);
        var energy = new double[length + 1];
        for (var i = 0; i < length; i++)
        {
            var x = i < audio.Frames ? audio.Samples[i * audio.Channels + channel] : 0;
            var y = highPass.Process(shelf.Process(x));
            energy[i + 1] = energy[i] + y * y;
        }
        return energy;
    }

    private static double Mean(double[] blocks, double above) =>
        blocks.Where(power => ToLufs(power) > above).DefaultIfEmpty(0).Average();

    private static double ToLufs(double power) => -0.691 + 10 * Math.Log10(power);
}
