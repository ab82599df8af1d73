using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Client;
using VampNet.Core.Sampling;
using VampNet.Core.VampFiles;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Sources;
using VampNet.Gateway.Stages;
using VampNet.Gateway.VampFiles;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using MaskFigures = VampNet.Core.Prompts.MaskFigures;
using SamplingMode = VampNet.Protos.Generator.V1.SamplingMode;
using TokenMask = VampNet.Core.Tokens.TokenMask;

namespace VampNet.Gateway.Pipeline;

/// <summary>encode (and beats) → mask → coarse → fine → decode, each by its own stage.</summary>
/// <remarks>
/// In all methods: audio = bytes of the input, as they arrive; options = deadline and cancellation of every call to a stage.
/// </remarks>
internal sealed class VampPipeline(RequestContexts contexts, EncodeCache cache, IOptions<WindowOptions> windows)
{
    /// <param name="send">sends one response to the caller</param>
    public async Task VampAsync(VampConfig config, IAsyncEnumerable<ByteString> audio, Func<VampResponse, Task> send, CallOptions options)
    {
        using var context = await contexts.OpenAsync(config, options, send);
        await context.Responses.OfAll.SendAsync(new VampResponse { Started = new VampStarted { Config = context.Plan.Config } });
        using var source = await new SourceEncoder(context, cache).EncodeAsync(audio);
        context.Spend(source.Layout.Frames, source.Channels.Count);
        await context.Responses.OfAll.SendAsync(new VampResponse { Source = source.Source });
        await new VampRun(context, windows.Value).RunAsync(source, context.Plan.Variations, seed => source.Mask(context.Plan, seed));
    }

    public async Task<PreviewResponse> PreviewAsync(PreviewConfig config, IAsyncEnumerable<ByteString> audio, CallOptions options)
    {
        using var context = await contexts.OpenAsync(config.ToVamp(), options);
        using var source = await new SourceEncoder(context, cache).EncodeAsync(audio);
        var mask = FirstMask(context, source);
        return new PreviewResponse
        {
            Config = context.Plan.Config.ToPreview(),
            Source = source.Source,
            Mask = mask.ToProto(),
            Figures = MaskFigures.Of(mask, source.Layout.Rate).ToProto(),
        };
    }

    public async Task<CompressResponse> CompressAsync(CompressConfig config, IAsyncEnumerable<ByteString> audio, CallOptions options)
    {
        if (config.Stereo == StereoPolicy.Mid)
            throw new InvalidRequestException("config.stereo", "is mid, but a file has no room for the sides of the source: mono or dual");
        // The reference shows the edges of its windows besides what the prompt keeps: a file would have to hold those too.
        if (config.CoarseSampling?.Mode == SamplingMode.Upstream)
            throw new InvalidRequestException(
                "config.coarse_sampling.mode", "is upstream, which generates with tokens that the prompt does not keep: paper");
        var vamp = config.ToVamp();
        vamp.Stereo = vamp.Stereo == StereoPolicy.Unspecified ? StereoPolicy.Dual : vamp.Stereo;
        using var context = await contexts.OpenAsync(vamp, options);
        using var source = await new SourceEncoder(context, cache).EncodeAsync(audio);
        var mask = FirstMask(context, source);
        var file = new VampFile(
            context.Plan.Config, source.Source, source.Layout.Rate, source.Layout.SourceSamples, source.GainDb, source.Opening,
            Fingerprint(context.Models), mask, source.Channels);
        return new CompressResponse
        {
            File = UnsafeByteOperations.UnsafeWrap(VampFileFormat.Write(file)),
            Config = context.Plan.Config.ToCompress(),
            Source = source.Source,
            Figures = MaskFigures.Of(mask, source.Layout.Rate).ToProto(),
        };
    }

    /// <param name="bytes">of a .vamp file, as they arrive</param>
    /// <param name="send">sends one response to the caller</param>
    public async Task ExpandAsync(
        ExpandConfig wanted, IAsyncEnumerable<ByteString> bytes, Func<VampResponse, Task> send, CallOptions options)
    {
        var telemetry = contexts.Begin(options);
        var maxFrames = contexts.Limits.MaxFrames();
        var file = VampFileFormat.Read(await VampFileFormat.CollectAsync(bytes, maxFrames), maxFrames);
        var (name, models) = await FindModelAsync(file, options);
        HeaderChecks.CheckFits(file, models);
        var config = file.Config.Clone();
        (config.Model, config.Output, config.ReturnTokens, config.MatchSource) =
            (name, wanted.Output, wanted.ReturnTokens, wanted.MatchSource);
        using var context = contexts.Open(config, models, telemetry, options, send);
        using var source = SourceOf(file);
        context.Spend(source.Layout.Frames, source.Channels.Count);
        await context.Responses.OfAll.SendAsync(new VampResponse { Started = new VampStarted { Config = context.Plan.Config } });
        await context.Responses.OfAll.SendAsync(new VampResponse { Source = source.Source });
        await new VampRun(context, windows.Value).RunAsync(source, variations: 1, _ => file.Mask);
    }

    private static TokenMask FirstMask(RequestContext context, EncodedSource source) =>
        source.Mask(context.Plan, Seeds.OfVariation(context.Plan.Config.Seed, 0));

    private static byte[] Fingerprint(StageModels models) =>
        ModelFingerprint.Of(models.Codec.Served.Sha256, models.Coarse.Served.Sha256, models.Fine.Served.Sha256);

    /// <summary>The source that a .vamp file was made of, as far as the file keeps it.</summary>
    /// <exception cref="InvalidRequestException">the file contradicts itself</exception>
    private static EncodedSource SourceOf(VampFile file)
    {
        var config = file.Config;
        var layout = SourceLayout.Create(
            file.Rate, file.Samples, config.ExtendBeforeSeconds, config.ExtendAfterSeconds, (int)config.Repeat,
            (int)config.TokenStretch);
        if (layout.Frames != file.Mask.Frames)
            throw new InvalidRequestException(
                VampFileFormat.Field, $"has {file.Mask.Frames} frames, but its settings make {layout.Frames}");
        var length = EncodedSource.LengthAtSource(file.Source, layout, config.Stretch);
        return new EncodedSource(
            layout, file.Channels, file.Source, length, file.GainDb, file.Opening, Rhythm: null, Side: null, Sound: null);
    }

    /// <summary>The model whose weights a file was made with, whatever its name is here.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION: it is not served</exception>
    private async Task<(string Name, StageModels Models)> FindModelAsync(VampFile file, CallOptions options)
    {
        var names = (await contexts.Models.ListAsync(options)).Select(model => model.Name).ToList();
        foreach (var name in names.OrderByDescending(name => name == file.Config.Model))
        {
            var models = await contexts.Models.GetAsync(name, options);
            if (Fingerprint(models).AsSpan().SequenceEqual(file.Model))
                return (name, models);
        }
        throw RpcErrors.Refuse(
            StatusCode.FailedPrecondition,
            $"the file was made with weights {Convert.ToHexStringLower(file.Model)}, which none of the served models has: "
                + $"{string.Join(", ", names)}", "MODEL_NOT_SERVED");
    }
}
