using TorchSharp;

namespace VampNet.Cli;

/// <summary>How the program ends.</summary>
internal enum ExitCode
{
    Done = 0,

    /// <summary>Something broke: a model, a service, the network, the disk.</summary>
    Failure = 1,

    /// <summary>What was asked for cannot be done: the arguments or the input are to blame.</summary>
    BadInput = 2,

    /// <summary>Ctrl-C: 128 + SIGINT, as shells have it.</summary>
    Interrupted = 130,

    /// <summary>128 + SIGTERM.</summary>
    Terminated = 143,
}

/// <summary>Arguments or input that cannot be used; the message is one line.</summary>
internal sealed class BadInputException(string message) : Exception(message);

/// <summary>What has to be there before a command starts.</summary>
internal static class Requirements
{
    /// <exception cref="BadInputException">this machine does not have the device</exception>
    public static void HasDevice(string device)
    {
        if (device.StartsWith("cuda", StringComparison.Ordinal) && !torch.cuda.is_available())
            throw new BadInputException($"--device {device}: libtorch finds no CUDA device here");
    }

    /// <exception cref="BadInputException">there is no such file</exception>
    public static void HasFile(string path)
    {
        if (!File.Exists(path))
            throw new BadInputException(Directory.Exists(path) ? $"{path} is a folder" : $"{path} does not exist");
    }
}
