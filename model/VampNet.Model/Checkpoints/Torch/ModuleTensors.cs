namespace VampNet.Model.Checkpoints.Torch;

/// <summary>
/// The state dict of a pickled module tree (torch.package): its parameters and persistent buffers, under the names
/// that <c>Module.state_dict()</c> would give them. Looks at fields only.
/// </summary>
internal static class ModuleTensors
{
    private const int MaxModules = 20_000;

    private const int MaxDepth = 64;

    /// <summary>A module may be shared, so that few bytes name very many tensors, or very long ones.</summary>
    private const int MaxNameLength = 1_000;

    public static PickleDict Collect(PickleObject root, string file)
    {
        var tensors = new PickleDict();
        var visited = 0;
        Visit(root, "", 0);
        return tensors;

        void Visit(PickleObject module, string prefix, int depth)
        {
            if (depth > MaxDepth || ++visited > MaxModules || prefix.Length > MaxNameLength || tensors.Count > TorchCheckpoint.MaxTensors)
                throw new CheckpointException(
                    file, $"module '{prefix[..Math.Min(prefix.Length, 100)]}': modules are nested too deeply, or too many");
            var transient = module.State?.Find("_non_persistent_buffers_set") as List<object?> ?? [];
            foreach (var (name, value) in Fields(module, "_parameters"))
            {
                if (value is PickleTensor)
                    tensors[prefix + name] = value;
            }
            foreach (var (name, value) in Fields(module, "_buffers"))
            {
                if (value is PickleTensor && !transient.Contains(name))
                    tensors[prefix + name] = value;
            }
            foreach (var (name, value) in Fields(module, "_modules"))
            {
                if (value is PickleObject child)
                    Visit(child, $"{prefix}{name}.", depth + 1);
            }
        }
    }

    private static PickleDict Fields(PickleObject module, string field) => module.State?.Find(field) as PickleDict ?? [];
}
