using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Sampling;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A model whose steps last for exactly as long as a test wants: each says that it has begun, and waits for a permit.</summary>
internal abstract class HeldModel
{
    /// <summary>Where this is reset, loading the model waits for it, as a big model's would.</summary>
    public ManualResetEventSlim Loaded { get; } = new(initialState: true);

    /// <summary>One for every step that has begun.</summary>
    public SemaphoreSlim Started { get; } = new(0);

    /// <summary>One for every step that may end.</summary>
    public SemaphoreSlim Permits { get; } = new(0);

    /// <summary>Steps of several inputs fail.</summary>
    public bool FailsInBatches { get; set; }

    /// <summary>Holds nothing back any more.</summary>
    public void Release()
    {
        Loaded.Set();
        Permits.Release(1_000);
    }

    protected void Step(int batch)
    {
        Started.Release();
        Permits.Wait();
        if (FailsInBatches && batch > 1)
            throw new InvalidOperationException("out of memory, say");
    }
}

internal static class HeldModels
{
    /// <summary>Has a stage run a held model in the place of the one that it would load.</summary>
    public static WebApplicationBuilder UseModel<TModel>(this WebApplicationBuilder stage, TModel model)
        where TModel : class
    {
        var held = (HeldModel)(object)model;
        var spec = stage.Services.Select(service => service.ImplementationInstance).OfType<ModelSpec<TModel>>().Single();
        stage.Services.AddSingleton(held).AddSingleton(spec with
        {
            PartIsOptional = true,
            Needs = [],
            Load = (_, _, _) =>
            {
                held.Loaded.Wait();
                return model;
            },
            WarmUp = _ => { },
        });
        return stage;
    }
}

/// <summary>A generator that is held, but for generations of a single step.</summary>
internal sealed class HeldGenerator : HeldModel, ITokenGenerator
{
    /// <summary>Sequences in each step that has begun.</summary>
    public List<int> Batches { get; } = [];

    public int Codebooks => 4;

    public int ConditioningCodebooks => 0;

    public int WindowFrames => 575;

    public int Layers => 1;

    public int Dimension => 8;

    public float Temperature => 1;

    public TokenGeneration Begin(TokenGrid tokens, SamplingOptions options, ulong seed) =>
        new(tokens, ConditioningCodebooks, WindowFrames, options, seed);

    public void Advance(IReadOnlyList<DecodingState> states)
    {
        if (states.Any(state => state.Options.Steps > 1))
        {
            Batches.Add(states.Count);
            Step(states.Count);
        }
        foreach (var state in states)
        {
            var hidden = state.HiddenPositions();
            state.Advance(hidden, new long[hidden.Length], [.. Enumerable.Repeat(0.5f, hidden.Length)]);
        }
    }

    public float[] Embed(TokenGrid tokens, int layer) => throw new NotSupportedException();

    public float[] Score(TokenGrid tokens, TokenMask hidden) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
