using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Sampling;

namespace VampNet.Services.Hosting.Models;

/// <summary>Loads what stages serve from the configured model package.</summary>
public static class StageLoaders
{
    public static LoadedModel<ICodec> Codec(ModelOptions options)
    {
        var package = ModelPackage.Open(options.Folder());
        return new(package.Manifest.Name, ModelLoader.LoadCodec(package, options.Device));
    }

    /// <param name="part"><see cref="PartNames.Coarse"/> or <see cref="PartNames.Fine"/></param>
    public static LoadedModel<ITokenGenerator> Generator(ModelOptions options, string part)
    {
        var package = ModelPackage.Open(options.Folder());
        return new(package.Manifest.Name, ModelLoader.LoadGenerator(package, part, options.Device, options.Precision));
    }
}
