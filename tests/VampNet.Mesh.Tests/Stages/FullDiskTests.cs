using Microsoft.Extensions.Logging;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Two codecs, the disk of one of which is full.</summary>
[Collection(MeshTests.Name)]
public sealed class FullDiskTests : IDisposable
{
    private readonly TinyPackage _package = new();
    private readonly LogChannel _log = new();

    public void Dispose()
    {
        _package.Dispose();
        _log.Dispose();
    }

    [RootFact, Trait("Category", "Host")]
    public async Task No_request_fails_and_the_codec_serves_again_when_there_is_room()
    {
        var disk = Directory.CreateTempSubdirectory("vampnet-disk-").FullName;
        await RootCommands.RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk);
        try
        {
            await RunAsync(disk);
        }
        finally
        {
            await RootCommands.RunAsync("umount", "--lazy", disk);
            Directory.Delete(disk);
        }
    }

    private async Task RunAsync(string disk)
    {
        var filler = Path.Combine(disk, "filler");
        await File.WriteAllBytesAsync(filler, new byte[(2 << 20) - 4096]);
        await using var good = new StageReplicas("Codec", StageInfo.Codec.Service, _package.Folder);
        await using var full = new StageReplicas("Codec", StageInfo.Codec.Service, _package.Folder, $"TMPDIR={disk}");
        await good.StartAsync(1);
        await full.StartAsync(1);
        await using var mesh = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = _package.Folder },
            Configuration = new Dictionary<string, string>
            {
                ["Stages:Codec"] = $"{good.List},{full.List}",
                ["EncodeCache:MaxBytes"] = "0",
            },
            Logging = logging => logging.ClearProviders().AddProvider(_log),
        });
        using var client = new VampNetClient(mesh.Gateway);
        var chord = Sounds.Chord(1);
        var tokens = new List<byte[]>();
        for (var i = 0; i < 20; i++)
            tokens.Add((await client.RunAsync(Vamps.Config(), chord)).Tokens.Data.ToByteArray());
        Assert.All(tokens, one => Assert.Equal(tokens[0], one));
        Assert.Contains(
            $"OUT_OF_SPACE: the folder for temporary files, {disk}/ (TMPDIR), has no space left", full[0].Log, StringComparison.Ordinal);

        File.Delete(filler);
        await _log.NextAsync($"codec at {full.Addresses[0]} is Serving");
    }
}
