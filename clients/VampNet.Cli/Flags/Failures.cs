using System.CommandLine;
using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;
using VampNet.Audio;
using VampNet.Model.Checkpoints;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Cli.Flags;

/// <summary>Exceptions in the words of the person at the keyboard.</summary>
internal static class Failures
{
    public static (ExitCode Code, string Message) Explain(Exception error, ParseResult parsed) => error switch
    {
        BadInputException or InvalidAudioException => (ExitCode.BadInput, error.Message),
        InvalidRequestException request =>
            (ExitCode.BadInput, FieldFlags.Describe(request.Violations.Select(v => (v.Field, v.Description)), parsed)),
        RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.NotFound } rpc =>
            (ExitCode.BadInput, rpc.GetDetail<BadRequest>() is { FieldViolations: { Count: > 0 } violations }
                ? FieldFlags.Describe(violations.Select(v => (v.Field, v.Description)), parsed)
                : rpc.Status.Detail),
        RpcException { StatusCode: StatusCode.Cancelled } or OperationCanceledException => (ExitCode.Failure, "cancelled"),
        RpcException { Status.DebugException: HttpRequestException or SocketException } rpc when Gateway(parsed) is { } gateway =>
            (ExitCode.Failure, $"the gateway at {gateway} cannot be reached ({rpc.Status.DebugException!.GetBaseException().Message}). "
                + "Is the address right? \"vampnet serve --all\" starts a gateway; without --gateway everything runs in this process"),
        RpcException rpc => (ExitCode.Failure, $"{rpc.StatusCode}: {rpc.Status.Detail}"),
        CheckpointException or IOException or UnauthorizedAccessException or InvalidDataException => (ExitCode.Failure, error.Message),
        _ => (ExitCode.Failure, $"{error.GetType().Name}: {error.Message}"),
    };

    /// <summary>What --gateway says, where the command has it and it was given.</summary>
    private static string? Gateway(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.OfType<Option<string?>>().FirstOrDefault(option => option.Name == ConnectionFlags.GatewayName)
            is { } option ? parsed.GetValue(option) : null;

    /// <summary>A message without line breaks, cut where it gets lost in detail.</summary>
    public static string OneLine(string message)
    {
        const int Longest = 300;
        var line = string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length <= Longest ? line : line[..Longest] + " …";
    }
}
