using Grpc.Net.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Each service runs alone; what it cannot load it names.</summary>
public sealed class ServiceProcessTests : IDisposable
{
    private readonly TinyPackage _package = new();

    public void Dispose() => _package.Dispose();

    [Theory]
    [InlineData("Codec", "vampnet.codec.v1.CodecService")]
    [InlineData("CoarseGenerator", "vampnet.generator.v1.CoarseGeneratorService")]
    [InlineData("FineGenerator", "vampnet.generator.v1.FineGeneratorService")]
    [InlineData("BeatTracker", "vampnet.beats.v1.BeatService")]
    public async Task Each_service_runs_alone_and_ends_when_asked(string name, string service)
    {
        await using var process = new ServiceProcess($"VampNet.Services.{name}", _package.Folder);
        using var channel = GrpcChannel.ForAddress(await process.AddressAsync());
        await process.ServingAsync(channel, service);
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync());
    }

    [Fact]
    public async Task A_service_computes_with_as_many_threads_as_it_has_processors()
    {
        // Of a quota .NET makes the same number as of this variable.
        await using var process = new ServiceProcess(
            "VampNet.Services.Codec", _package.Folder, null, "DOTNET_PROCESSOR_COUNT=1", "OMP_NUM_THREADS=");
        using var channel = GrpcChannel.ForAddress(await process.AddressAsync());
        await process.ServingAsync(channel, "vampnet.codec.v1.CodecService");
        process.Terminate();
        await process.ExitCodeAsync(); // all that it wrote is here
        Assert.Contains("on cpu (1 threads)", process.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Codec", "codec")]
    [InlineData("CoarseGenerator", "coarse")]
    [InlineData("FineGenerator", "fine")]
    public async Task A_corrupt_weight_file_stops_a_service_with_file_and_tensor_named(string name, string part)
    {
        _package.Damage(part);
        await using var process = new ServiceProcess($"VampNet.Services.{name}", _package.Folder);
        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Matches($@"cannot load its model: \S*{part}\.safetensors: tensor '[^']+'", process.Log);
    }

    [Fact]
    public async Task A_missing_model_folder_stops_a_service()
    {
        await using var process = new ServiceProcess("VampNet.Services.Codec", "no/such/folder");
        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("Model:Path \"no/such/folder\"", process.Log, StringComparison.Ordinal);
    }
}
