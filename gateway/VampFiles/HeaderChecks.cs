using VampNet.Audio.Processing;
using VampNet.Core.VampFiles;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Stages;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.VampFiles;

/// <summary>What a header may say: files come from strangers, and a checksum is no signature.</summary>
internal static class HeaderChecks
{
    private const string Field = $"{VampFileFormat.Field}.header";
    private const int MaxCodebooks = 64;
    private const int MaxHop = 1 << 16;
    private const int MaxSampleRate = 1_000_000;
    private const int MaxChannels = 64;
    private const int MaxHundredths = 10_000;

    // Stretching makes at most this much shorter; everything else makes longer.
    private const double MostShortened = 4;

    /// <param name="header">with every field spelled out</param>
    /// <exception cref="InvalidRequestException">names every field that cannot be</exception>
    public static void Check(VampFileHeader header, int maxFrames)
    {
        var checks = new RequestChecks();
        checks.Require(header.Config.Prompt is not null, $"{Field}.config.prompt", "is missing");
        checks.Require(header.Config.HasSeed, $"{Field}.config.seed", "is missing");
        checks.Require(
            header.Config.TokenStretch is >= 1 and <= VampPlan.MaxTokenStretch, $"{Field}.config.token_stretch",
            $"is {header.Config.TokenStretch}, expected 1 to {VampPlan.MaxTokenStretch}");
        checks.Require(
            header.Model.Length == ModelFingerprint.Length, $"{Field}.model",
            $"has {header.Model.Length} bytes, expected {ModelFingerprint.Length}");
        checks.Require(
            header.Codebooks is >= 1 and <= MaxCodebooks, $"{Field}.codebooks", $"is {header.Codebooks}, expected 1 to {MaxCodebooks}");
        checks.Require(
            header.Frames >= 1 && header.Frames <= maxFrames, $"{Field}.frames", $"is {header.Frames}, expected 1 to {maxFrames}");
        checks.Require(
            header.SampleRate <= MaxSampleRate, $"{Field}.sample_rate", $"is {header.SampleRate} Hz, expected at most {MaxSampleRate} Hz");
        checks.Require(header.Hop <= MaxHop, $"{Field}.hop", $"is {header.Hop} samples, expected at most {MaxHop}");
        checks.Require(
            header.Samples >= 1
            && header.Samples <= (ulong)header.Frames * header.Hop, $"{Field}.samples",
            $"is {header.Samples}, but {header.Frames} frames have 1 to {(ulong)header.Frames * header.Hop}");
        checks.Require(header.Channels is 1 or 2, $"{Field}.channels", $"is {header.Channels}, expected 1 or 2");
        CheckLevel(header.GainHundredths, "gain_hundredths");
        CheckLevel(header.LoudnessHundredths, "loudness_hundredths");
        CheckLevel(header.OpeningHundredths, "opening_hundredths");
        checks.Require(
            header.EarlyTenths.Count < Loudness.OpeningSeconds.Count, $"{Field}.early_tenths",
            $"are {header.EarlyTenths.Count}, expected at most {Loudness.OpeningSeconds.Count - 1}");
        foreach (var tenths in header.EarlyTenths)
            CheckLevel(Math.Clamp(tenths, -MaxHundredths, MaxHundredths) * 10, "early_tenths");
        checks.Require(
            header.SourceSampleRate <= MaxSampleRate, $"{Field}.source_sample_rate",
            $"is {header.SourceSampleRate} Hz, expected at most {MaxSampleRate} Hz");
        checks.Require(
            header.SourceChannels <= MaxChannels, $"{Field}.source_channels",
            $"is {header.SourceChannels}, expected at most {MaxChannels}");
        var (seconds, coded) = ((double)header.SourceSamples / header.SourceSampleRate, (double)header.Samples / header.SampleRate);
        checks.Require(
            seconds <= MostShortened * coded
            + 1, $"{Field}.source_samples", $"are {seconds} s of a source, which cannot have become {coded} s");
        checks.ThrowIfAny();

        void CheckLevel(int hundredths, string field) =>
            checks.Require(
                hundredths is >= -MaxHundredths and <= MaxHundredths, $"{Field}.{field}",
                $"is {hundredths}, expected -{MaxHundredths} to {MaxHundredths}");
    }

    /// <summary>
    /// A file with the fingerprint of a model may still contradict it: anybody can write a header, and only what compressing writes can
    /// be expanded.
    /// </summary>
    /// <param name="models">the model that the file names</param>
    /// <exception cref="InvalidRequestException">names every field of the header that does not fit the model</exception>
    public static void CheckFits(VampFile file, StageModels models)
    {
        var (checks, codec) = (new RequestChecks(), models.Codec);
        Expect(models.Codebooks, file.Mask.Codebooks, "codebooks");
        Expect((int)codec.SampleRate, file.Rate.SampleRate, "sample_rate");
        Expect((int)codec.Hop, file.Rate.Hop, "hop");
        var stereo = file.Config.Stereo;
        checks.Require(
            stereo is StereoPolicy.Mono or StereoPolicy.Dual, $"{Field}.config.stereo", $"is {stereo}, but a file has mono or dual");
        checks.Require(
            file.Channels.Count == 1 || stereo != StereoPolicy.Mono, $"{Field}.channels", $"is {file.Channels.Count}, but mono has 1");
        checks.Require(!file.Config.KeepSource, $"{Field}.config.keep_source", "is set, but a file holds no sound of the source");
        checks.Require(
            file.Config.CoarseSampling?.Mode != SamplingMode.Upstream, $"{Field}.config.coarse_sampling.mode",
            "is upstream, which generates with tokens that the prompt does not keep: paper");
        checks.ThrowIfAny();

        void Expect(int served, int stated, string field) =>
            checks.Require(stated == served, $"{Field}.{field}", $"is {stated}, but the model of the file has {served}");
    }
}
