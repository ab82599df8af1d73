using VampNet.Model.Compute;

namespace VampNet.Services.Hosting.Models;

/// <summary>The compute lanes of this process, one a device. Stages that share a process share them.</summary>
public sealed class ComputeLanes : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ComputeLane> _lanes = [];

    /// <param name="device">"cpu", "cuda" or "cuda:N"; "cuda" is "cuda:0"</param>
    public ComputeLane For(string device)
    {
        if (device == "cuda")
            device = "cuda:0";
        lock (_lock)
        {
            if (!_lanes.TryGetValue(device, out var lane))
                _lanes.Add(device, lane = new ComputeLane(device));
            return lane;
        }
    }

    public void Dispose()
    {
        foreach (var lane in _lanes.Values)
            lane.Dispose();
    }
}
