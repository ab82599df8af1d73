using System.Net;
using VampNet.Testing;

namespace VampNet.Containers.Tests.Cluster;

/// <summary>
/// The names of headless Services, each with the addresses of the pods that are ready, as every pod sees them: in a hosts file. As in front
/// of a cluster's DNS, a cache keeps them for a while.
/// </summary>
internal sealed class Names : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Func<IEnumerable<(string Name, IPAddress Address)>> _ready;
    private readonly Task _updates;

    /// <param name="ready">names and addresses as they are now</param>
    /// <param name="cache">how long a name is kept, whatever becomes of it meanwhile</param>
    public Names(Func<IEnumerable<(string Name, IPAddress Address)>> ready, TimeSpan cache)
    {
        _ready = ready;
        File = Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "cluster")).FullName, $"{Guid.NewGuid()}");
        _updates = UpdateAsync(cache);
    }

    /// <summary>To be the hosts file of every pod.</summary>
    public string File { get; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _updates;
        _end.Dispose();
        System.IO.File.Delete(File);
    }

    private async Task UpdateAsync(TimeSpan cache)
    {
        while (!_end.IsCancellationRequested)
        {
            // Written in place: containers have this very file.
            System.IO.File.WriteAllLines(File, ["127.0.0.1 localhost", .. _ready().Select(entry => $"{entry.Address} {entry.Name}")]);
            await Task.Delay(cache, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
