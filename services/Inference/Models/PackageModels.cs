using VampNet.Core.Prompts;
using VampNet.Model.Checkpoints;
using VampNet.Model.Packages;

namespace VampNet.Services.Inference.Models;

/// <summary>
/// What a stage serves of one package: its bare model, and one for each adapter. Holds the models until it is disposed;
/// who serves them holds them for itself.
/// </summary>
internal sealed class PackageModels<TModel> : IDisposable
    where TModel : class
{
    private readonly List<(ModelInfo Info, SharedModel<TModel> Model)> _models = [];

    /// <summary>None where the package lacks the stage's part.</summary>
    public IReadOnlyList<(ModelInfo Info, SharedModel<TModel> Model)> All => _models;

    /// <summary>Size of the weights as they were read.</summary>
    public long BytesRead { get; private init; }

    /// <summary>Loads beside whatever the device runs, and warms up on it.</summary>
    /// <param name="name">of the package here</param>
    /// <exception cref="CheckpointException">the package cannot be used; names file and tensor</exception>
    public static async Task<PackageModels<TModel>> LoadAsync(
        ModelSpec<TModel> spec, ModelRegistry<TModel> registry, string name, string folder, CancellationToken cancellationToken)
    {
        var package = ModelPackage.Open(folder);
        var models = new PackageModels<TModel> { BytesRead = package.ReadAhead([spec.Stage.Name, .. spec.Needs]) };
        // Without the part the default fails, with the words of the package.
        if (!package.Has(spec.Stage.Name) && !spec.PartIsOptional && name != ModelFolders.Default)
            return models;
        try
        {
            await models.AddAsync(spec, registry, package, name, adapter: null, cancellationToken);
            foreach (var adapter in package.Adapters)
                await models.AddAsync(spec, registry, package, name, adapter, cancellationToken);
            return models;
        }
        catch
        {
            models.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var (_, model) in _models)
            model.Release();
    }

    private async Task AddAsync(
        ModelSpec<TModel> spec, ModelRegistry<TModel> registry, ModelPackage package, string name, string? adapter,
        CancellationToken cancellationToken)
    {
        var manifest = package.Manifest;
        var info = new ModelInfo(
            adapter is null
            ? name
            : $"{name}/{adapter}", manifest.Name, manifest.Version, manifest.Licence, adapter ?? "", package.Has(spec.Stage.Name)
            ? package.Sha256(spec.Stage.Name, adapter)
            : "")
        {
            Presets = manifest.Presets ?? PromptPreset.All,
        };
        // Many adapters change one part only: the others share the bare model.
        if (adapter is not null && !package.HasAdapter(spec.Stage.Name, adapter))
        {
            _models[0].Model.Hold();
            _models.Add((info, _models[0].Model));
            return;
        }
        var model = await Task.Factory.StartNew(
            () => spec.Load(package, adapter, registry.Options), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _models.Add((info, new SharedModel<TModel>(model, registry.Device, registry.Schedulers)));
        await registry.Device.RunAsync(() =>
        {
            spec.WarmUp(model);
            return true;
        }, cancellationToken);
    }
}
