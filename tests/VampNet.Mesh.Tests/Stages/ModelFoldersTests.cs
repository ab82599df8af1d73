using Microsoft.Extensions.Options;
using VampNet.Services.Codec;
using VampNet.Services.Inference.Models;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Which folders a stage serves under which names.</summary>
public sealed class ModelFoldersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _one, _other;

    public ModelFoldersTests() =>
        (_one, _other) =
        (Directory.CreateDirectory(_folder.File("one")).FullName, Directory.CreateDirectory(_folder.File("other")).FullName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_default_comes_first_and_its_folder_is_the_path_unless_it_is_named()
    {
        var options = new ModelOptions { Path = _one };
        Assert.Equal([("default", _one)], new ModelFolders().Resolve(options));
        Assert.Equal([("default", _one), ("a", _other), ("b", _one)], new ModelFolders { ["b"] = _one, ["a"] = _other }.Resolve(options));
        Assert.Equal([("default", _other), ("a", _one)], new ModelFolders { ["a"] = _one, ["default"] = _other }.Resolve(options));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named_with_its_setting()
    {
        Assert.Contains(
            "Model:Path \"nowhere\"",
            Assert.Throws<DirectoryNotFoundException>(() => new ModelFolders().Resolve(new ModelOptions { Path = "nowhere" })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Models:a \"nowhere\"",
            Assert.Throws<DirectoryNotFoundException>(
                () => new ModelFolders { ["a"] = "nowhere" }.Resolve(new ModelOptions { Path = _one })).Message, StringComparison.Ordinal);
        // Where the default is named, the path says nothing.
        Assert.Single(new ModelFolders { ["default"] = _one }.Resolve(new ModelOptions { Path = "nowhere" }));
    }

    [Theory]
    [InlineData("--Models:grand piano=x", "Models:grand piano: names are")]
    [InlineData("--Model:WatchSeconds=-1", "Model:WatchSeconds")]
    public async Task Bad_settings_stop_a_stage_by_name(string argument, string expected)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => StageHost.StartAsync(b => b.AddCodec(), settings: argument));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
