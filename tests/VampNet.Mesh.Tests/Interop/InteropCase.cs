using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Mesh.Tests.Soak;
using VampNet.Mesh.Tests.Support;

namespace VampNet.Mesh.Tests.Interop;

/// <summary>Where a client knocks for a stage's service.</summary>
public enum Door
{
    /// <summary>At the stage itself.</summary>
    Stage,

    /// <summary>At the gateway, which routes the call.</summary>
    Route,
}

/// <summary>
/// Cases that gRPC's own interoperability tests have (grpc/doc/interop-test-descriptions.md), by their names, with our
/// services in the place of its test service. After each, every server of the mesh holds what it held before: no call at
/// work, nothing in a queue, no tensor, no audio on disk.
/// </summary>
public abstract class InteropCase(Support.Mesh mesh) : IAsyncLifetime
{
    // gRPC's default, and the mesh's.
    protected const int MessageBytes = 4 << 20;

    // Of the timers' clock, and some.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private Footprint? _before;

    /// <summary>Names the generator, for calls by route.</summary>
    protected Support.Mesh Mesh => mesh;

    public async Task InitializeAsync() => _before = await Footprint.OfAsync(mesh.Host);

    public async Task DisposeAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        string[] beyond;
        do
        {
            beyond = [.. (await Footprint.OfAsync(mesh.Host)).Beyond(_before!)];
        }
        while (beyond.Length > 0 && TimeProvider.System.GetElapsedTime(since) < Patience);
        Assert.Empty(beyond);
    }

    protected GrpcChannel Gateway() => GrpcChannel.ForAddress(mesh.Host.Gateway);

    protected GrpcChannel Codec(Door door) => At(door, mesh.Host.Stages["Codec"]);

    protected GrpcChannel Generator(Door door) => At(door, mesh.Host.Stages["CoarseGenerator"]);

    /// <summary>Until a server has a call of a method at work.</summary>
    /// <param name="method">such as vampnet.codec.v1.CodecService/Encode</param>
    protected static async Task AtWorkAsync(Uri server, string method)
    {
        while ((await PrometheusPage.GetAsync(server)).Sum("vampnet_rpc_active", $"rpc_method=\"{method}\"") == 0)
            await Task.Yield();
    }

    protected static async Task<RpcException> FailsAsync(StatusCode status, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(status, error.StatusCode);
        return error;
    }

    /// <summary>The deadline ends a call whose request is still open. What the server says has a case of its own.</summary>
    protected static async Task TimesOutAsync(DateTime deadline, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.InRange(DateTime.UtcNow, deadline - Tick, DateTime.MaxValue);
        Assert.Equal(StatusCode.DeadlineExceeded, error.AtDeadline());
    }

    /// <summary>The same request in so many bytes: what is too many is a field that nobody knows.</summary>
    protected static T Padded<T>(T request, int bytes)
        where T : class, IMessage<T>, new()
    {
        var padding = bytes - request.CalculateSize();
        // Two bytes of tag, four of length.
        var unknown = new byte[padding];
        var stream = new CodedOutputStream(unknown);
        stream.WriteTag(1_000, WireFormat.WireType.LengthDelimited);
        stream.WriteLength(padding - 6);
        var padded = new MessageParser<T>(() => new T()).ParseFrom([.. request.ToByteArray(), .. unknown]);
        Assert.Equal(bytes, padded.CalculateSize());
        return padded;
    }

    private GrpcChannel At(Door door, string stage) => door == Door.Stage ? GrpcChannel.ForAddress(stage) : Gateway();
}
