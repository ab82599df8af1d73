using System.Net;

namespace VampNet.Load.Servers;

/// <summary>The pages for Prometheus of the servers that are measured.</summary>
public sealed class ServerMetrics(IReadOnlyList<Uri> pages) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new() { Timeout = Longest };

    /// <summary>All of them together.</summary>
    /// <exception cref="HttpRequestException">one cannot be read</exception>
    public async Task<MetricsSample> ReadAsync(CancellationToken cancellationToken) =>
        MetricsSample.Join(await Task.WhenAll(pages.Select(page => ReadAsync(page, cancellationToken))));

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>A server's own port speaks HTTP/2, a port for metrics alone speaks HTTP/1.1, and neither says so in cleartext.</summary>
    private async Task<MetricsSample> ReadAsync(Uri page, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(page, HttpVersion.Version20, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return await ReadAsync(page, HttpVersion.Version11, cancellationToken);
        }
    }

    private async Task<MetricsSample> ReadAsync(Uri page, Version version, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, page)
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            return MetricsSample.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (TaskCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{page} says nothing", error);
        }
    }
}
