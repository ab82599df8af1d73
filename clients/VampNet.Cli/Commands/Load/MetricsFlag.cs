using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Core;
using VampNet.Load.Servers;

namespace VampNet.Cli.Commands.Load;

/// <summary>Where the servers say how long their work took.</summary>
internal sealed class MetricsFlag
{
    private readonly Option<string[]> _metrics = new("--metrics")
    {
        Description = "A server's page for Prometheus, such as http://localhost:9464/metrics; several for several servers. Without: "
            + "/metrics at the address that is called, if it is there.",
        HelpName = "URL",
        DefaultValueFactory = _ => [],
    };

    public MetricsFlag(Command command)
    {
        _metrics.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !Uri.TryCreate(token.Value, UriKind.Absolute, out _)))
                result.AddError($"--metrics \"{token.Value}\" is no address");
        });
        command.AddOptions("The report", _metrics);
    }

    public ServerPages Open(ParseResult parsed, Connection mesh, Uri address)
    {
        var pages = parsed.GetValue(_metrics)!.Select(page => new Uri(page)).ToList();
        var isAsked = pages.Count > 0;
        if (!isAsked)
            pages = [.. Servers(mesh, address).Distinct().Select(server => new Uri(server, "/metrics"))];
        return new ServerPages(new ServerMetrics(pages), isAsked);
    }

    /// <summary>Who works: of our own mesh all servers where the gateway is called.</summary>
    private static IEnumerable<Uri> Servers(Connection mesh, Uri address) =>
        mesh.IsOwn && address == mesh.Gateway ? [address, .. StageInfo.All.Select(mesh.AddressOf)] : [address];
}

/// <summary>Pages that must be there where somebody named them, and may be missing otherwise.</summary>
internal sealed class ServerPages(ServerMetrics metrics, bool isAsked) : IDisposable
{
    /// <summary>null: they are not there.</summary>
    public async Task<MetricsSample?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await metrics.ReadAsync(cancellationToken);
        }
        catch (HttpRequestException error) when (isAsked)
        {
            throw new IOException($"--metrics cannot be read: {error.Message}", error);
        }
        catch (HttpRequestException)
        {
            Console.Error.WriteLine("note    no metrics at the address that is called: --metrics names the servers' pages");
            return null;
        }
    }

    public async Task<IReadOnlyList<ServerHistogram>> SinceAsync(MetricsSample? before, CancellationToken cancellationToken) =>
        before is not null && await ReadAsync(cancellationToken) is { } now ? now.Since(before) : [];

    public void Dispose() => metrics.Dispose();
}
