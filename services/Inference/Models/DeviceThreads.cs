using VampNet.Model.Compute;

namespace VampNet.Services.Inference.Models;

/// <summary>The device threads of this process, one a device. Stages that share a process share them.</summary>
public sealed class DeviceThreads : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DeviceThread> _threads = [];

    /// <param name="device">"cpu", "cuda" or "cuda:N"; "cuda" is "cuda:0"</param>
    public DeviceThread For(string device)
    {
        if (device == "cuda")
            device = "cuda:0";
        lock (_lock)
        {
            if (!_threads.TryGetValue(device, out var thread))
                _threads.Add(device, thread = new DeviceThread(device));
            return thread;
        }
    }

    public void Dispose()
    {
        foreach (var thread in _threads.Values)
            thread.Dispose();
    }
}
