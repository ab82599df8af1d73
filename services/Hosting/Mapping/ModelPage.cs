using Google.Protobuf.Collections;
using VampNet.Protos.Models.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Mapping;

/// <summary>Pages of the list of models (AIP-158).</summary>
public static class ModelPage
{
    private const int UsualSize = 100, LargestSize = 1000;

    /// <summary>The page that a request asks for.</summary>
    /// <param name="models">All models, each name once, in an order that does not change.</param>
    /// <param name="request">The request; its token is the name of the last model of the page before.</param>
    /// <exception cref="InvalidRequestException">the size is negative, or the token names no model of the list (any more)</exception>
    public static ListModelsResponse Of(IReadOnlyList<Model> models, ListModelsRequest request)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(request);
        if (request.PageSize < 0)
            throw new InvalidRequestException("page_size", $"is {request.PageSize}, expected at least 0");
        var start = 0;
        if (request.PageToken.Length > 0)
        {
            start = models.TakeWhile(model => model.Name != request.PageToken).Count() + 1;
            if (start > models.Count)
                throw new InvalidRequestException("page_token", "belongs to a list that has changed; ask for the first page again");
        }
        var size = Math.Min(request.PageSize == 0 ? UsualSize : request.PageSize, LargestSize);
        var page = new RepeatedField<Model> { models.Skip(start).Take(size) };
        return new ListModelsResponse
        {
            Models = { page },
            NextPageToken = start + page.Count < models.Count ? page[^1].Name : "",
        };
    }
}
