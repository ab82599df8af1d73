using DotNet.Testcontainers.Configurations;

namespace VampNet.Containers.Tests;

/// <summary>A test that runs containers; skipped, visibly, where no engine with Docker's API answers.</summary>
internal sealed class ContainerFactAttribute : FactAttribute
{
    // Testcontainers has asked the engine by then: an address at which none answers is not among its settings.
    public ContainerFactAttribute() => Skip = TestcontainersSettings.OS.DockerEndpointAuthConfig is null
        ? "no container engine answers: neither at DOCKER_HOST nor at Docker's own sockets"
        : null;
}
