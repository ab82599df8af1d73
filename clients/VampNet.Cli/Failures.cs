using Grpc.Core;
using TorchSharp;
using VampNet.Model.Checkpoints;

namespace VampNet.Cli;

/// <summary>How the program ends.</summary>
internal enum ExitCode
{
    Done = 0,

    /// <summary>Something broke: a model, a service, the network, the disk.</summary>
    Failure = 1,

    /// <summary>What was asked for cannot be done: the arguments or the input are to blame.</summary>
    BadInput = 2,
}

/// <summary>Arguments or input that cannot be used; the message is one line.</summary>
internal sealed class BadInputException(string message) : Exception(message);

/// <summary>Exceptions in the words of the person at the keyboard.</summary>
internal static class Failures
{
    public static (ExitCode Code, string Message) Explain(Exception error) => error switch
    {
        BadInputException => (ExitCode.BadInput, error.Message),
        RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.NotFound } rpc => (ExitCode.BadInput, rpc.Status.Detail),
        RpcException { StatusCode: StatusCode.Cancelled } or OperationCanceledException => (ExitCode.Failure, "cancelled"),
        RpcException rpc => (ExitCode.Failure, $"{rpc.StatusCode}: {rpc.Status.Detail}"),
        CheckpointException or IOException or UnauthorizedAccessException or InvalidDataException => (ExitCode.Failure, error.Message),
        _ => (ExitCode.Failure, $"{error.GetType().Name}: {error.Message}"),
    };

    /// <summary>A message without line breaks, cut where it gets lost in detail.</summary>
    public static string OneLine(string message)
    {
        const int Longest = 300;
        var line = string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length <= Longest ? line : line[..Longest] + " …";
    }
}

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
