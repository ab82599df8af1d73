using VampNet.Audio.Files;

namespace VampNet.Audio.Tests;

/// <summary>Damaged files of every format: audio or a clean refusal, never a crash, never a bad sample.</summary>
public class AudioFuzzTests
{
    private const int Rounds = 300;

    public static TheoryData<AudioFormat> Formats => [.. Enum.GetValues<AudioFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Files_cut_anywhere_are_read_or_refused(AudioFormat format)
    {
        var bytes = AudioFile.Encode(Signals.Chord(0.25, 48_000, channels: 2), format);
        for (var length = 0; length < bytes.Length; length += length < 200 ? 1 : bytes.Length / 100 + 1)
            ReadOrRefuse(bytes[..length]);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Files_with_changed_bytes_are_read_or_refused(AudioFormat format)
    {
        var original = AudioFile.Encode(Signals.Chord(0.25, 48_000, channels: 2), format);
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = (byte[])original.Clone();
            // Half of the rounds go for the header.
            var reach = round % 2 == 0 ? Math.Min(200, bytes.Length) : bytes.Length;
            for (var flip = 0; flip <= round % 16; flip++)
                bytes[random.Next(reach)] = (byte)random.Next(256);
            ReadOrRefuse(bytes);
        }
    }

    [Fact]
    public void Noise_behind_a_good_signature_is_read_or_refused()
    {
        var random = new Random(2);
        foreach (var magic in new[] { "RIFF", "fLaC", "OggS", "ID3\x03", "\xFF\xFB\x90\x64" })
        {
            for (var round = 0; round < 100; round++)
            {
                var bytes = new byte[random.Next(4_000) + 12];
                random.NextBytes(bytes);
                for (var i = 0; i < magic.Length; i++)
                    bytes[i] = (byte)magic[i];
                ReadOrRefuse(bytes);
            }
        }
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            var audio = AudioFile.Read(bytes, new AudioLimits { MaxSeconds = 20 });
            Assert.NotEmpty(audio.Samples);
            Assert.All(audio.Samples, sample => Assert.True(float.IsFinite(sample)));
        }
        catch (InvalidAudioException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    }
}
