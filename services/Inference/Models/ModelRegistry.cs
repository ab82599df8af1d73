using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using VampNet.Model.Compute;
using VampNet.Protos.Models.V1;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Inference.Scheduling;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Inference.Models;

/// <summary>The models of a stage by name, reached through their device's thread only.</summary>
public sealed class ModelRegistry<TModel>(
    DeviceThread device, ModelOptions options, StepSchedulers schedulers, TimeProvider time) : IServedModels, IAsyncDisposable
    where TModel : class
{
    // Between two calls for the same track: no listener may take longer to take what it was sent.
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, Entry> _served = [];
    private readonly List<Entry> _replaced = []; // for tracks that were begun with them
    private readonly List<SharedModel<TModel>> _alive = [];
    private bool _isOpen;

    private sealed record Entry(string Package, ModelInfo Info, SharedModel<TModel> Model)
    {
        /// <summary>When a call asked for these weights last; null = none did.</summary>
        public long? AskedForAt { get; set; }
    }

    /// <summary>Where the models run, and how.</summary>
    public ModelOptions Options => options;

    internal DeviceThread Device => device;

    internal StepSchedulers Schedulers => schedulers;

    /// <inheritdoc/>
    public IReadOnlyList<ModelInfo> Served
    {
        get
        {
            lock (_lock)
            {
                ThrowIfLoading();
                return [.. _served.Values.Select(entry => entry.Info)];
            }
        }
    }

    /// <inheritdoc/>
    public OperationCounts Counts(string model, string operation)
    {
        lock (_lock)
            return _served.GetValueOrDefault(model)?.Model.Scheduler.Counts.Of(operation) ?? OperationCounts.None;
    }

    /// <summary>A model for the life of one request.</summary>
    /// <param name="name">what the request calls it; empty = the default</param>
    /// <param name="field">path of the name in the request, such as "config.model"</param>
    /// <param name="context">
    /// of the request, whose tenant shares the model with others, and which may name the models that it may use and the weights that it
    /// expects; null = nobody's
    /// </param>
    /// <exception cref="RpcException">
    /// NOT_FOUND: no model of that name for this caller; ABORTED: not with the weights that are expected; UNAVAILABLE: still loading
    /// </exception>
    public ModelLease<TModel> Lease(string name, string field, ServerCallContext? context = null)
    {
        lock (_lock)
        {
            ThrowIfLoading();
            var wanted = name.Length == 0 ? ModelFolders.Default : name;
            var entry = (AllowedModels.Allows(context, wanted) ? Find(wanted, ExpectedWeights.Of(context)) : null)
                ?? throw RpcErrors.UnknownModel(field, name, [.. _served.Keys.Where(served => AllowedModels.Allows(context, served))]);
            return new ModelLease<TModel>(entry.Model, entry.Info, context is null ? "" : Tenant.Of(context)?.Name ?? "");
        }
    }

    private Entry? Find(string name, string? weights)
    {
        var newest = _served.GetValueOrDefault(name);
        if (weights is null)
            return newest;
        var found = newest?.Info.Sha256 == weights
            ? newest
            : _replaced.Find(entry => entry.Info.Name == name && entry.Info.Sha256 == weights);
        if (found is null && newest is not null)
            throw RpcErrors.Refuse(
                StatusCode.Aborted, $"{name} has the weights {newest.Info.Sha256} here, not {weights}", ExpectedWeights.Changed);
        found?.AskedForAt = time.GetTimestamp();
        return found;
    }

    /// <summary>What this stage says of a model that it serves.</summary>
    /// <param name="precision">what the model computes in</param>
    public ServedModel Describe(ModelInfo info, string precision) =>
        new() { Model = info.ToProto(), Sha256 = info.Sha256, Device = options.Device, Precision = precision };

    /// <summary>
    /// Serves these models of a package from now on, and whatever it had before no longer, but to tracks that were begun with it: all in
    /// one moment.
    /// </summary>
    /// <param name="package">name of the package here</param>
    internal void Publish(string package, IReadOnlyList<(ModelInfo Info, SharedModel<TModel> Model)> models)
    {
        // One version at most: callers that go on asking for old ones must not fill the memory with them.
        Release(entry => entry.Package == package);
        Entry[] before;
        lock (_lock)
        {
            before = [.. _served.Values.Where(entry => entry.Package == package)];
            var at = before.Length > 0 ? _served.IndexOf(before[0].Info.Name) : _served.Count;
            foreach (var entry in before)
                _served.Remove(entry.Info.Name);
            _replaced.AddRange(before);
            foreach (var (info, model) in models)
            {
                model.Hold();
                _served.Insert(at++, info.Name, new Entry(package, info, model));
            }
            _alive.RemoveAll(model => model.HasEnded);
            _alive.AddRange(models.Select(m => m.Model).Distinct());
        }
        ReleaseReplaced();
    }

    /// <summary>Gives up versions that were replaced and that no track has asked for lately.</summary>
    internal void ReleaseReplaced() => Release(entry => entry.AskedForAt is not { } at || time.GetElapsedTime(at) >= KeptFor);

    /// <param name="which">of those that were replaced</param>
    private void Release(Predicate<Entry> which)
    {
        List<Entry> over;
        lock (_lock)
        {
            over = _replaced.FindAll(which);
            _replaced.RemoveAll(over.Contains);
        }
        foreach (var entry in over)
            entry.Model.Release();
    }

    /// <summary>A number of 48 bits that stands for the names and weights of all that is served.</summary>
    internal long Fingerprint()
    {
        var served = Served.OrderBy(info => info.Name, StringComparer.Ordinal).Select(info => $"{info.Name} {info.Sha256}\n");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(served)));
        return BinaryPrimitives.ReadInt64BigEndian(hash) >>> 16;
    }

    /// <summary>All models are there: requests may come.</summary>
    internal void Open()
    {
        lock (_lock)
            _isOpen = true;
    }

    public async ValueTask DisposeAsync()
    {
        SharedModel<TModel>[] alive;
        lock (_lock)
        {
            _isOpen = false;
            alive = [.. _alive];
        }
        foreach (var model in alive)
            await model.EndAsync();
    }

    private void ThrowIfLoading()
    {
        if (!_isOpen)
            throw RpcErrors.Retry(StatusCode.Unavailable, "the models are still loading", "MODEL_LOADING");
    }
}
