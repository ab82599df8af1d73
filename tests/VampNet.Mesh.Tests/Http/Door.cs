using VampNet.Gateway;
using VampNet.Mesh.Tests.Stages;

namespace VampNet.Mesh.Tests.Http;

/// <summary>A gateway with settings of its own, in front of the stages of the mesh.</summary>
/// <param name="Address">where it speaks HTTP</param>
internal sealed record Door(StageHost Gateway, Uri Address) : IAsyncDisposable
{
    public HttpClient Http { get; } = HttpCalls.Connect(Address);

    /// <param name="time">null = the system's</param>
    public static async Task<Door> OpenAsync(Support.Mesh mesh, TimeProvider? time, params string[] settings)
    {
        var (address, setting) = HttpCalls.Open();
        var stages = mesh.Host.Stages.Select(stage => $"--Stages:{stage.Key}={stage.Value}");
        return new Door(
            await StageHost.StartAsync(b => b.AddGateway(), a => a.MapGateway(), time, [.. stages, setting, .. settings]), address);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Gateway.DisposeAsync();
    }
}
