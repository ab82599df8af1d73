namespace VampNet.Audio;

internal static class SampleChecks
{
    /// <summary>Throws on the first NaN or infinite sample.</summary>
    /// <param name="position">interleaved index of the first sample within the whole audio</param>
    public static void Finite(ReadOnlySpan<float> samples, int sampleRate, int channels, long position = 0)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (float.IsFinite(samples[i]))
                continue;
            var seconds = (position + i) / channels / (double)sampleRate;
            var what = float.IsNaN(samples[i]) ? "NaN" : "infinite";
            throw new InvalidAudioException(AudioProblem.NotFinite, $"sample at {seconds:0.000} s is {what}");
        }
    }
}
