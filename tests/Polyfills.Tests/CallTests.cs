using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Polyfills.Tests.Echo;

namespace Polyfills.Tests;

/// <summary>The real gRPC server and client, on the polyfills, over a real socket.</summary>
public sealed class CallTests(EchoServer server) : IClassFixture<EchoServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Unary()
    {
        using var channel = server.Channel();
        Assert.Equal("hello", (await Client(channel).UnaryAsync(new EchoRequest { Text = "hello" })).Text);
        Assert.Equal("blocking", Client(channel).Unary(new EchoRequest { Text = "blocking" }).Text);
    }

    [Fact]
    public async Task ClientStreaming()
    {
        using var channel = server.Channel();
        using var call = Client(channel).ClientStream();
        foreach (var text in (string[])["a", "b", "c"])
            await call.RequestStream.WriteAsync(new EchoRequest { Text = text });
        await call.RequestStream.CompleteAsync();
        Assert.Equal("a b c", (await call).Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task ServerStreaming()
    {
        using var channel = server.Channel();
        using var call = Client(channel).ServerStream(new EchoRequest { Text = "a b c" });
        var texts = new List<string>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            texts.Add(response.Text);
        Assert.Equal(["a", "b", "c"], texts);
    }

    [Fact]
    public async Task DuplexStreamingAlternates()
    {
        using var channel = server.Channel();
        using var call = Client(channel).Duplex();
        foreach (var text in (string[])["ping", "pong"])
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = text });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(text, call.ResponseStream.Current.Text);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task MetadataHeadersAndTrailersTravel()
    {
        using var channel = server.Channel();
        using var call = Client(channel).UnaryAsync(new EchoRequest(), new Metadata { { "X-Text", "word" }, { "x-bytes-bin", [0, 1, 255] } });
        var headers = await call.ResponseHeadersAsync;
        await call;
        Assert.Equal("early", headers.GetValue("x-header"));
        Assert.Equal("word", call.GetTrailers().GetValue("x-text"));
        Assert.Equal([0, 1, 255], call.GetTrailers().GetValueBytes("x-bytes-bin"));
    }

    [Fact]
    public async Task AnErrorKeepsItsStatusAndTrailers()
    {
        using var channel = server.Channel();
        var error = await Assert.ThrowsAsync<RpcException>(() => Client(channel).RefuseAsync(new EchoRequest()).ResponseAsync);
        Assert.Equal(new Status(StatusCode.InvalidArgument, "text: no").ToString(), new Status(error.StatusCode, error.Status.Detail).ToString());
        Assert.Equal("text", error.Trailers.GetValue("x-why"));
        Assert.Equal([0, 1, 255], error.Trailers.GetValueBytes("x-why-bin"));
    }

    [Fact]
    public async Task ADeadlineEndsTheCallOnBothSides()
    {
        server.Probe.Reset();
        using var channel = server.Channel();
        await channel.ConnectAsync(); // connecting is not to eat the deadline up: the call would never reach the server
        var error = await Assert.ThrowsAsync<RpcException>(() => Client(channel).HangAsync(new EchoRequest(), deadline: DateTime.UtcNow.AddSeconds(3)).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        await server.Probe.HangCancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task CancellationReachesTheServer()
    {
        server.Probe.Reset();
        using var channel = server.Channel();
        using var cancel = new CancellationTokenSource();
        var call = Client(channel).HangAsync(new EchoRequest(), cancellationToken: cancel.Token).ResponseAsync;
        await server.Probe.HangStarted.Task.WaitAsync(Patience);
        await cancel.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        await server.Probe.HangCancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task InterceptorsRunOnBothSidesInOrder()
    {
        using var channel = server.Channel();
        var seen = new List<string>();
        var client = new EchoService.EchoServiceClient(channel.Intercept(new NoteInterceptor("first", seen), new NoteInterceptor("second", seen)));
        using var call = client.UnaryAsync(new EchoRequest { Text = "x" });
        await call;
        Assert.Equal(["first", "second"], seen);
        Assert.Equal("server", (await call.ResponseHeadersAsync).GetValue("x-tag"));
    }

    [Fact]
    public async Task ARetryPolicyRetries()
    {
        server.Probe.Reset();
        var method = new MethodConfig
        {
            Names = { MethodName.Default },
            RetryPolicy = new RetryPolicy { MaxAttempts = 4, InitialBackoff = TimeSpan.FromMilliseconds(1), MaxBackoff = TimeSpan.FromMilliseconds(5), BackoffMultiplier = 1.5, RetryableStatusCodes = { StatusCode.Unavailable } },
        };
        using var channel = server.Channel(new GrpcChannelOptions { ServiceConfig = new ServiceConfig { MethodConfigs = { method } } });
        Assert.Equal("third", (await Client(channel).FlakyAsync(new EchoRequest { Text = "third" })).Text);
        Assert.Equal(3, server.Probe.FlakyAttempts);
    }

    [Fact]
    public async Task CompressionRoundTrips()
    {
        using var channel = server.Channel();
        var text = new string('x', 100_000);
        Assert.Equal(text, (await Client(channel).UnaryAsync(new EchoRequest { Text = text }, new Metadata { { "grpc-internal-encoding-request", "gzip" } })).Text);
    }

    [Fact]
    public void MetadataIsCheckedAsTheSpecificationDemands()
    {
        Assert.Throws<ArgumentException>(() => new Metadata { { "spa ce", "x" } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "text-bin", "x" } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "text", [1] } });
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
    }

    private static EchoService.EchoServiceClient Client(GrpcChannel channel) => new(channel);

    private sealed class NoteInterceptor(string name, List<string> seen) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            seen.Add(name);
            return continuation(request, context);
        }
    }
}
