using System.Diagnostics;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Images;
using DotNet.Testcontainers.Networks;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using k8s.Models;
using HealthService = Grpc.Health.V1.Health;

namespace VampNet.Containers.Tests.Cluster;

/// <summary>The container of a pod, as a kubelet starts, probes and ends it.</summary>
internal sealed class Pod : IAsyncDisposable
{
    private const string Sigterm = "SIGTERM", Sigkill = "SIGKILL";

    private readonly V1Container _spec;
    private readonly TimeSpan _grace;
    private readonly IContainer _container;
    private readonly DockerClient _engine;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _probes = Task.CompletedTask;

    private Pod(V1PodSpec pod, IContainer container, DockerClient engine)
    {
        (_spec, _container, _engine) = (pod.Containers[0], container, engine);
        _grace = TimeSpan.FromSeconds(pod.TerminationGracePeriodSeconds!.Value);
    }

    public IPAddress Address => IPAddress.Parse(_container.IpAddress);

    /// <summary>What its readiness probe said last; false from the moment on that it is to end.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Ends when it is ready for the first time.</summary>
    public Task Ready => _ready.Task;

    public static async Task<Pod> StartAsync(V1PodTemplateSpec template, Manifests manifests, INetwork network, string hosts)
    {
        var engine = TestcontainersSettings.OS.DockerEndpointAuthConfig.GetDockerClientBuilder(Guid.NewGuid()).Build();
        var pod = new Pod(template.Spec, Build(template.Spec, manifests, network, hosts), engine);
        await pod._container.StartAsync();
        pod._probes = pod.ProbeAsync();
        return pod;
    }

    /// <summary>Asks it to end, and ends it where it does not within its grace period.</summary>
    /// <returns>its exit code</returns>
    public async Task<long> TerminateAsync()
    {
        IsReady = false;
        await _end.CancelAsync();
        await SignalAsync(Sigterm);
        var ended = _engine.Containers.WaitContainerAsync(_container.Id);
        if (await Task.WhenAny(ended, Task.Delay(_grace)) != ended)
            await SignalAsync(Sigkill);
        return (await ended).StatusCode;
    }

    /// <summary>Ends it without a word.</summary>
    public async Task KillAsync()
    {
        IsReady = false;
        await _end.CancelAsync();
        await SignalAsync(Sigkill);
    }

    /// <param name="signal">such as SIGSTOP</param>
    public Task SignalAsync(string signal) =>
        _engine.Containers.KillContainerAsync(_container.Id, new ContainerKillParameters { Signal = signal });

    /// <summary>Takes it off its network; what is sent to it is lost.</summary>
    public Task DisconnectAsync(INetwork network) =>
        _engine.Networks.DisconnectNetworkAsync(network.Name, new NetworkDisconnectParameters { Container = _container.Id, Force = true });

    /// <summary>Lets no more than so much out of its network namespace, as a bad line would (tc-tbf).</summary>
    /// <param name="rate">such as 1mbit</param>
    public async Task SlowAsync(string rate)
    {
        var pid = (await _engine.Containers.InspectContainerAsync(_container.Id)).State!.Pid;
        string[] qdisc = ["tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", rate, "burst", "32kbit", "latency", "500ms"];
        using var tc = Process.Start("nsenter", [$"--net=/proc/{pid}/ns/net", .. qdisc])!;
        await tc.WaitForExitAsync();
        Assert.Equal(0, tc.ExitCode);
    }

    public async Task<string> LogAsync()
    {
        var (output, errors) = await _container.GetLogsAsync();
        return output + errors;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _probes;
        await _container.DisposeAsync();
        _engine.Dispose();
        _end.Dispose();
    }

    /// <summary>What is not understood of a manifest fails the test, but for what only a scheduler or a disk's quota could do.</summary>
    private static IContainer Build(V1PodSpec pod, Manifests manifests, INetwork network, string hosts)
    {
        var spec = Assert.Single(pod.Containers);
        Assert.Null(pod.InitContainers);
        Assert.Null(spec.Command ?? spec.Args);
        Assert.Null(spec.Lifecycle);
        var (podSecurity, security) = (pod.SecurityContext, spec.SecurityContext);
        Assert.Equal("RuntimeDefault", podSecurity.SeccompProfile.Type);
        Assert.False(security.AllowPrivilegeEscalation);
        var container = new ContainerBuilder(spec.Image)
            // Images of this checkout or none: others of the name are not to be downloaded.
            .WithImagePullPolicy(PullPolicy.Never)
            .WithNetwork(network)
            .WithBindMount(hosts, "/etc/hosts", AccessMode.ReadOnly)
            .WithCreateParameterModifier(created =>
            {
                created.User = $"{podSecurity.RunAsUser}:{podSecurity.RunAsGroup}";
                created.HostConfig!.ReadonlyRootfs = security.ReadOnlyRootFilesystem == true;
                created.HostConfig.CapDrop = [.. security.Capabilities.Drop];
                created.HostConfig.SecurityOpt = ["no-new-privileges"];
                if (spec.Resources.Limits.TryGetValue("memory", out var memory))
                    created.HostConfig.Memory = (long)memory.ToDecimal();
                if (spec.Resources.Limits.TryGetValue("cpu", out var processors))
                    created.HostConfig.NanoCPUs = (long)(processors.ToDecimal() * 1_000_000_000);
            });
        foreach (var source in spec.EnvFrom ?? [])
        {
            foreach (var (name, value) in manifests.Configuration[source.ConfigMapRef.Name])
                container = container.WithEnvironment(name, value);
        }
        foreach (var variable in spec.Env ?? [])
        {
            Assert.Null(variable.ValueFrom);
            container = container.WithEnvironment(variable.Name, variable.Value);
        }
        foreach (var mount in spec.VolumeMounts)
        {
            Assert.NotNull(pod.Volumes.Single(volume => volume.Name == mount.Name).EmptyDir);
            container = container.WithTmpfsMount(mount.MountPath);
        }
        return container.Build();
    }

    private async Task ProbeAsync()
    {
        using var channel = GrpcChannel.ForAddress($"http://{Address}:{_spec.ReadinessProbe.Grpc.Port}");
        var health = new HealthService.HealthClient(channel);
        while (!_end.IsCancellationRequested && !await PassesAsync(_spec.StartupProbe))
            await PauseAsync(_spec.StartupProbe);
        while (!_end.IsCancellationRequested)
        {
            IsReady = await PassesAsync(_spec.ReadinessProbe) && !_end.IsCancellationRequested;
            if (IsReady)
                _ready.TrySetResult();
            await PauseAsync(_spec.ReadinessProbe);
        }

        async Task PauseAsync(V1Probe probe) =>
            await Task.Delay(TimeSpan.FromSeconds(probe.PeriodSeconds!.Value), _end.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        async Task<bool> PassesAsync(V1Probe probe)
        {
            try
            {
                var request = new HealthCheckRequest { Service = probe.Grpc.Service ?? "" };
                var deadline = DateTime.UtcNow.AddSeconds(probe.TimeoutSeconds!.Value);
                var answer = await health.CheckAsync(request, deadline: deadline, cancellationToken: _end.Token);
                return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
            }
            catch (RpcException)
            {
                return false;
            }
        }
    }
}
