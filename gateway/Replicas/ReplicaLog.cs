namespace VampNet.Gateway.Replicas;

/// <summary>What is said about replicas.</summary>
internal static partial class ReplicaLog
{
    [LoggerMessage(1, LogLevel.Information, "{Stage} at {Address} is {State}")]
    public static partial void Changed(ILogger logger, string stage, Uri address, ReplicaState state);

    [LoggerMessage(2, LogLevel.Warning, "{Stage} at {Address} cannot be reached: {Detail}")]
    public static partial void Lost(ILogger logger, string stage, Uri address, string detail);

    [LoggerMessage(3, LogLevel.Warning, "{Stage}: attempt {Attempt} failed, and is repeated: {Detail}")]
    public static partial void Repeated(ILogger logger, string stage, int attempt, string detail);

    [LoggerMessage(4, LogLevel.Warning, "{Stage} at {Address} fails too often, and gets no calls for {Seconds} s")]
    public static partial void Broken(ILogger logger, string stage, Uri address, double seconds);

    [LoggerMessage(
        6, LogLevel.Warning, "{Stage} at {Address} has said nothing for {Seconds:0.#} s: it gets no calls while there is another")]
    public static partial void Silent(ILogger logger, string stage, Uri address, double seconds);

    [LoggerMessage(7, LogLevel.Warning, "{Stage} at {Address} has said nothing for {Seconds:0.#} s: its {Calls} calls are made elsewhere")]
    public static partial void Abandoned(ILogger logger, string stage, Uri address, double seconds, int calls);

    [LoggerMessage(5, LogLevel.Warning, "{Stage}: the name {Name} cannot be looked up: {Detail}")]
    public static partial void Unresolved(ILogger logger, string stage, Uri name, string detail);
}
