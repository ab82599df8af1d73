using System.Net;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polyfills.Tests.Echo;

namespace Polyfills.Tests;

/// <summary>A real gRPC server on a loopback port.</summary>
public sealed class EchoServer : IAsyncLifetime
{
    private WebApplication? _app;

    public EchoProbe Probe { get; } = new();

    public string Address => _app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(Probe);
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<ServerTagInterceptor>());
        _app = builder.Build();
        _app.MapGrpcService<EchoAnswers>();
        await _app.StartAsync();
    }

    public GrpcChannel Channel(GrpcChannelOptions? options = null) => GrpcChannel.ForAddress(Address, options ?? new GrpcChannelOptions());

    public async Task DisposeAsync() => await _app!.DisposeAsync();
}

/// <summary>What the server saw, for tests to wait on.</summary>
public sealed class EchoProbe
{
    private int _flakyAttempts;

    public TaskCompletionSource HangStarted { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource HangCancelled { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int FlakyAttempts => _flakyAttempts;

    public int CountFlakyAttempt() => Interlocked.Increment(ref _flakyAttempts);

    public void Reset() =>
        (HangStarted, HangCancelled, _flakyAttempts) = (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously), 0);
}

/// <summary>Tells the client that the server's interceptor ran.</summary>
public sealed class ServerTagInterceptor : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        context.UserState["tag"] = "server";
        return continuation(request, context);
    }
}

public sealed class EchoAnswers(EchoProbe probe) : EchoService.EchoServiceBase
{
    public override async Task<EchoResponse> Unary(EchoRequest request, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync(new Metadata { { "x-header", "early" }, { "x-tag", (string)context.UserState["tag"] } });
        foreach (var entry in context.RequestHeaders.Where(e => e.Key.StartsWith("x-", StringComparison.Ordinal)))
            context.ResponseTrailers.Add(entry);
        return new EchoResponse { Text = request.Text };
    }

    public override async Task<EchoResponse> ClientStream(IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context)
    {
        var texts = new List<string>();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
            texts.Add(request.Text);
        return new EchoResponse { Text = string.Join(' ', texts) };
    }

    public override async Task ServerStream(EchoRequest request, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context)
    {
        foreach (var word in request.Text.Split(' '))
            await responseStream.WriteAsync(new EchoResponse { Text = word }, context.CancellationToken);
    }

    public override async Task Duplex(IAsyncStreamReader<EchoRequest> requestStream, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new EchoResponse { Text = request.Text }, context.CancellationToken);
    }

    public override async Task<EchoResponse> Hang(EchoRequest request, ServerCallContext context)
    {
        using var registration = context.CancellationToken.Register(() => probe.HangCancelled.TrySetResult());
        probe.HangStarted.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return new EchoResponse();
    }

    public override Task<EchoResponse> Flaky(EchoRequest request, ServerCallContext context) =>
        probe.CountFlakyAttempt() < 3
            ? throw new RpcException(new Status(StatusCode.Unavailable, "not yet"))
            : Task.FromResult(new EchoResponse { Text = request.Text });

    public override Task<EchoResponse> Refuse(EchoRequest request, ServerCallContext context) =>
        throw new RpcException(new Status(StatusCode.InvalidArgument, "text: no"), new Metadata { { "x-why", "text" }, { "x-why-bin", [0, 1, 255] } });
}
