namespace Grpc.Core;

/// <summary>State of a channel, as the gRPC specification names them.</summary>
public enum ConnectivityState
{
    Idle,
    Connecting,
    Ready,
    TransientFailure,
    Shutdown,
}
