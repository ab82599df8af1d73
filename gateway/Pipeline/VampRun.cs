using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;
using VampNet.Gateway.Prompts;
using VampNet.Gateway.Stages;
using VampNet.Model.Beats;
using VampNet.Model.Prompts;
using VampNet.Model.Sampling;
using VampNet.Model.Tokens;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;
using MaskFigures = VampNet.Model.Prompts.MaskFigures;
using TokenMask = VampNet.Model.Tokens.TokenMask;

namespace VampNet.Gateway.Pipeline;

/// <summary>One vamp on its way through the stages. The answers go out in the order that the contract names.</summary>
internal sealed class VampRun(StageClients stages, VampPlan plan, GeneratorModels models, Func<VampResponse, Task> send, CallOptions options, StageClock clock)
{
    public async Task RunAsync(IAsyncEnumerable<ByteString> audio)
    {
        await send(new VampResponse { Started = plan.Started() });
        var (header, tokens, rhythm) = await ListenAsync(audio);
        await send(new VampResponse { Source = header.Source });

        var rate = new FrameRate((int)header.SampleRate, (int)header.Hop);
        var mask = PromptMapping.Checked("config.prompt", () => plan.Prompt.ToMask(new PromptScene(tokens.Codebooks, tokens.Frames, rate, plan.Seed, rhythm)));
        if (plan.Config.ReturnMask)
            await send(new VampResponse { Mask = mask.ToProto() });

        var result = await GenerateAsync(mask.Apply(tokens));
        if (plan.Config.ReturnTokens)
            await send(new VampResponse { Tokens = result.ToProto() });

        await DecodeAsync(result, header);
        await send(new VampResponse { Summary = Summary(mask, rate) });
    }

    /// <summary>Encodes the audio and, where the prompt needs them, tracks its rhythm, both as it arrives.</summary>
    private async Task<(EncodeHeader Header, TokenGrid Tokens, Rhythm? Rhythm)> ListenAsync(IAsyncEnumerable<ByteString> audio)
    {
        using var encode = stages.Codec.Encode(options);
        using var track = plan.Prompt.Needs != PromptNeeds.Nothing ? stages.Beats.Track(options) : null;
        var input = plan.Config.Input;
        var fanOut = new AudioFanOut();
        await fanOut.AddAsync(encode.RequestStream, new EncodeRequest { Config = new EncodeConfig { Input = input } }, chunk => new EncodeRequest { Audio = chunk });
        if (track is not null)
            await fanOut.AddAsync(track.RequestStream, new TrackRequest { Config = new TrackConfig { Input = input } }, chunk => new TrackRequest { Audio = chunk });

        await ReportAsync(Stage.Encode, 0, 1);
        var encoded = ReadTokensAsync(encode.ResponseStream);
        var pump = fanOut.PumpAsync(audio);
        // A stage that refuses the audio is heard at once, and so is a caller who breaks off.
        await await Task.WhenAny(pump, encoded);
        var (encodeDone, beatsDone) = (clock.Start(Stage.Encode), clock.Start(Stage.Beats));
        var beats = track is null ? null : TimedAsync(track.ResponseAsync, beatsDone);
        var (header, tokens) = await TimedAsync(encoded, encodeDone);
        await pump;
        await ReportAsync(Stage.Encode, 1, 1);
        if (beats is null)
            return (header, tokens, null);
        await ReportAsync(Stage.Beats, 0, 1);
        var found = await beats;
        await ReportAsync(Stage.Beats, 1, 1);
        return (header, tokens, new Rhythm(new BeatTrack(found.Beats, found.Downbeats, found.Tempo), found.Onsets));
    }

    private async Task<(EncodeHeader Header, TokenGrid Tokens)> ReadTokensAsync(IAsyncStreamReader<EncodeResponse> responses)
    {
        EncodeHeader? header = null;
        var blocks = new List<TokenGrid>();
        await foreach (var response in responses.ReadAllAsync(options.CancellationToken))
        {
            if (response.Header is { } first)
                header = first;
            else
                blocks.Add(response.Tokens.ToModel("tokens", int.MaxValue / models.Codebooks));
        }
        return (header ?? throw new InvalidDataException("the codec sent no header"), TokenGrid.ConcatFrames(blocks));
    }

    /// <summary>Coarse, then fine: each fills its own codebooks in.</summary>
    private async Task<TokenGrid> GenerateAsync(TokenGrid masked)
    {
        var seeds = new CounterRandom(plan.Seed);
        var coarse = await GenerateAsync(Stage.Coarse, stages.Coarse, masked.TakeCodebooks(models.CoarseCodebooks), plan.Coarse, seeds.Derive(0));
        return await GenerateAsync(Stage.Fine, stages.Fine, masked.WithLeading(coarse), plan.Fine, seeds.Derive(1));
    }

    private async Task<TokenGrid> GenerateAsync(Stage stage, GeneratorService.GeneratorServiceClient generator, TokenGrid tokens, SamplingOptions sampling, ulong seed)
    {
        var done = clock.Start(stage);
        using var call = generator.Generate(new GenerateRequest { Tokens = tokens.ToProto(), Sampling = sampling.ToProto(), Seed = seed }, options);
        await foreach (var response in call.ResponseStream.ReadAllAsync(options.CancellationToken))
        {
            if (response.Tokens is { } result)
            {
                done();
                return result.ToModel("tokens", tokens.Frames);
            }
            await ReportAsync(stage, response.Progress.Step, response.Progress.Steps);
        }
        throw new InvalidDataException($"the {stage} generator sent no tokens");
    }

    private async Task DecodeAsync(TokenGrid tokens, EncodeHeader header)
    {
        var done = clock.Start(Stage.Decode);
        await ReportAsync(Stage.Decode, 0, 1);
        using var call = stages.Codec.Decode(options);
        var config = new DecodeConfig
        {
            Output = plan.Config.Output,
            Samples = header.Samples,
            GainDb = -header.GainDb,
        };
        var blocks = TokenBlocks.Split(tokens.ToProto()).ToAsyncEnumerable();
        await foreach (var response in call.ExchangeAsync(new DecodeRequest { Config = config }, blocks, block => new DecodeRequest { Tokens = block }))
        {
            if (response.Header is { } first)
            {
                done();
                await ReportAsync(Stage.Decode, 1, 1);
                await send(new VampResponse { Header = first });
            }
            else
            {
                await send(new VampResponse { Audio = response.Audio });
            }
        }
    }

    private VampSummary Summary(TokenMask mask, FrameRate rate) => new()
    {
        Seed = plan.Seed,
        Figures = MaskFigures.Of(mask, rate).ToProto(),
        Stages = { clock.Times() },
    };

    private Task ReportAsync(Stage stage, uint step, uint steps) =>
        send(new VampResponse { Progress = new VampProgress { Stage = stage, Step = step, Steps = steps } });

    private static async Task<T> TimedAsync<T>(Task<T> task, Action done)
    {
        var result = await task;
        done();
        return result;
    }
}
