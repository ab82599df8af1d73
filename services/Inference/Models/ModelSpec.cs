using VampNet.Core;
using VampNet.Model.Packages;

namespace VampNet.Services.Inference.Models;

/// <summary>How a stage makes its models of packages.</summary>
public sealed record ModelSpec<TModel>
    where TModel : class
{
    /// <summary>The stage, whose name is that of the part of the packages that it serves.</summary>
    public required StageInfo Stage { get; init; }

    /// <summary>Whether <see cref="Load"/> makes a model of packages without the part, too.</summary>
    public bool PartIsOptional { get; init; }

    /// <summary>Other parts that <see cref="Load"/> reads.</summary>
    public string[] Needs { get; init; } = [];

    /// <summary>
    /// Makes the model of a package and one of its adapters (null = none), on a thread of its own: the device goes on with requests.
    /// </summary>
    public required Func<ModelPackage, string?, ModelOptions, TModel> Load { get; init; }

    /// <summary>Runs a model once, so that the first request does not pay for what is lazy.</summary>
    public required Action<TModel> WarmUp { get; init; }

    /// <summary>Where the models run; null: where the configuration says.</summary>
    public string? Device { get; init; }
}
