using DotNet.Testcontainers.Configurations;

namespace VampNet.Containers.Tests;

/// <summary>A test that runs containers; skipped, visibly, where no engine with Docker's API answers.</summary>
internal sealed class ContainerFactAttribute : FactAttribute
{
    public ContainerFactAttribute() => Skip = Reason;

    // Testcontainers has asked the engine by then: an address at which none answers is not among its settings.
    public static bool HasEngine => TestcontainersSettings.OS.DockerEndpointAuthConfig is not null;

    /// <summary>Why the test is skipped; null = it is not.</summary>
    public static string? Reason => HasEngine ? null : "no container engine answers: neither at DOCKER_HOST nor at Docker's own sockets";
}

/// <inheritdoc cref="ContainerFactAttribute"/>
internal sealed class ContainerTheoryAttribute : TheoryAttribute
{
    /// <param name="entersNamespaces">whether the test enters containers' network namespaces, which only root may</param>
    public ContainerTheoryAttribute(bool entersNamespaces = false) =>
        Skip = ContainerFactAttribute.Reason ?? (entersNamespaces && !Environment.IsPrivilegedProcess ? "needs root" : null);
}
