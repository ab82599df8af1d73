namespace Grpc.Core;

/// <summary>Gives every call without a host the one it was made with.</summary>
internal sealed class HostCallInvoker(CallInvoker inner, string host) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? callHost, CallOptions options, TRequest request) =>
        inner.BlockingUnaryCall(method, callHost ?? host, options, request);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? callHost, CallOptions options, TRequest request) =>
        inner.AsyncUnaryCall(method, callHost ?? host, options, request);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? callHost, CallOptions options, TRequest request) =>
        inner.AsyncServerStreamingCall(method, callHost ?? host, options, request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? callHost, CallOptions options) =>
        inner.AsyncClientStreamingCall(method, callHost ?? host, options);

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? callHost, CallOptions options) =>
        inner.AsyncDuplexStreamingCall(method, callHost ?? host, options);
}
