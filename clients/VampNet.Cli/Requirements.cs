using TorchSharp;

namespace VampNet.Cli;

/// <summary>What has to be there before a command starts.</summary>
internal static class Requirements
{
    /// <exception cref="BadInputException">this machine does not have the device</exception>
    public static void HasDevice(string device)
    {
        if (device.StartsWith("cuda", StringComparison.Ordinal) && !torch.cuda.is_available())
            throw new BadInputException($"--device {device}: libtorch finds no CUDA device here");
    }

    /// <summary>Opens an input file.</summary>
    /// <exception cref="BadInputException">there is none</exception>
    public static FileStream OpenInput(string path)
    {
        if (!File.Exists(path))
            throw new BadInputException(Directory.Exists(path) ? $"{path} is a folder" : $"{path} does not exist");
        return File.OpenRead(path);
    }
}
