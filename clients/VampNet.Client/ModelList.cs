using Grpc.Core;
using VampNet.Protos.Models.V1;

namespace VampNet.Client;

/// <summary>Lists of models.</summary>
public static class ModelList
{
    private const int PageSize = 1000;

    /// <summary>All models that requests may name, the default first: every page of the list.</summary>
    /// <param name="service">A client of a stage, or of the gateway for the whole mesh.</param>
    /// <param name="options">Deadline, metadata and cancellation of each call.</param>
    public static async Task<IReadOnlyList<Model>> ListAllModelsAsync(
        this ModelService.ModelServiceClient service, CallOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        var models = new List<Model>();
        var request = new ListModelsRequest { PageSize = PageSize };
        do
        {
            var page = await service.ListModelsAsync(request, options);
            models.AddRange(page.Models);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return models;
    }
}
