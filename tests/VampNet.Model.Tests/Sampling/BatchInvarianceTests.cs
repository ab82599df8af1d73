using FsCheck;
using FsCheck.Fluent;
using VampNet.Core;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Compute;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;
using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Sampling;

/// <summary>A request's tokens do not depend on its batch.</summary>
[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class BatchInvarianceTests
{
    private const int Cases = 12;

    private static readonly ModelPackage s_shipped = ModelPackage.Open(Path.Combine(Repository.Root, "weights", "vampnet-mini"));

    /// <summary>A request: its length, how much of it is hidden, how it is sampled, and when it comes in.</summary>
    private sealed record Request(int Frames, int Period, int Steps, double Temperature, bool TopP, ulong Seed, int Arrival);

    private static readonly FsCheck.Gen<Request> Requests =
        from frames in Gen.Choose(1, 130)
        from period in Gen.Choose(0, 6)
        from steps in Gen.Choose(1, 5)
        from temperature in Gen.Choose(5, 15)
        from topP in Gen.Elements(true, false)
        from seed in Gen.Choose(0, int.MaxValue)
        from arrival in Gen.Choose(0, 6)
        select new Request(frames, period, steps, temperature / 10.0, topP, (ulong)seed, arrival);

    [Theory]
    [InlineData("coarse", false)]
    [InlineData("c2f", false)]
    [InlineData("coarse", true)]
    [InlineData("c2f", true)]
    public void Tokens_are_the_same_alone_and_in_any_batch(string which, bool isHalf)
    {
        // Where bfloat16 is slow, nobody takes it.
        using var generator = isHalf && Processor.HasFastBfloat16
            ? ModelLoader.LoadGenerator(s_shipped, which == "coarse" ? PartNames.Coarse : PartNames.Fine, "cpu", Precisions.Half)
            : GoldenModels.Generator(which);
        Prop.ForAll(Requests.NonEmptyListOf().Resize(6).ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), (requests, most) =>
            Together(generator, [.. requests], most).SequenceEqual(requests.Select(request => Alone(generator, request))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
    }

    private static string Alone(TokenGenerator generator, Request request)
    {
        var run = Begin(generator, request);
        while (run.Current is { } state)
        {
            generator.Advance([state]);
            run.Stepped();
        }
        return Text(run.Tokens);
    }

    /// <summary>Requests come in at their time, and as many as fit make each step together, in a turning order.</summary>
    private static List<string> Together(TokenGenerator generator, List<Request> requests, int most)
    {
        var runs = requests.ConvertAll(request => Begin(generator, request));
        for (var tick = 0; runs.Exists(run => run.Current is not null); tick++)
        {
            var active = runs.Where((run, i) => run.Current is not null && requests[i].Arrival <= tick).ToList();
            var batch = active.Skip(tick % Math.Max(1, active.Count)).Concat(active).Distinct().Take(most).ToList();
            if (batch.Count > 0)
                generator.Advance(batch.ConvertAll(run => run.Current!));
            batch.ForEach(run => run.Stepped());
        }
        return runs.ConvertAll(run => Text(run.Tokens));
    }

    private static TokenGeneration Begin(TokenGenerator generator, Request request)
    {
        var tokens = new ushort[generator.Codebooks * request.Frames];
        for (var i = 0; i < tokens.Length; i++)
        {
            var (codebook, frame) = (i / request.Frames, i % request.Frames);
            var visible = codebook < generator.ConditioningCodebooks || (request.Period > 0 && frame % request.Period == 0);
            tokens[i] = visible ? (ushort)((i * 7919 + (int)(request.Seed % 1000)) % TokenGrid.Vocabulary) : TokenGrid.Mask;
        }
        var options = new SamplingOptions
        {
            Steps = request.Steps,
            Temperature = (float)request.Temperature,
            TopP = request.TopP ? 0.9f : null,
        };
        return generator.Begin(new TokenGrid(generator.Codebooks, request.Frames, tokens), options, request.Seed);
    }

    private static string Text(TokenGrid tokens) => string.Join(',', tokens.Data.ToArray());
}
