using VampNet.Protos.Models.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using ListedModel = VampNet.Protos.Models.V1.Model;

namespace VampNet.Gateway.Tests.Requests;

public class ModelPageTests
{
    private static readonly ListedModel[] s_models = [.. Enumerable.Range(0, 1234).Select(i => new ListedModel { Name = $"m{i}" })];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(617)]
    [InlineData(1233)]
    [InlineData(1234)]
    [InlineData(5000)]
    public void All_pages_together_are_the_list(int size)
    {
        var request = new ListModelsRequest { PageSize = size };
        var found = new List<ListedModel>();
        do
        {
            var page = ModelPage.Of(s_models, request);
            Assert.InRange(page.Models.Count, 1, size == 0 ? 100 : Math.Min(size, 1000));
            found.AddRange(page.Models);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(s_models, found);
    }

    [Fact]
    public void No_model_is_one_empty_page() => Assert.Equal(new ListModelsResponse(), ModelPage.Of([], new ListModelsRequest()));

    [Fact]
    public void What_is_no_page_is_refused()
    {
        Assert.Equal("page_size", Field(new ListModelsRequest { PageSize = -1 }));
        Assert.Equal("page_token", Field(new ListModelsRequest { PageToken = "gone" }));
    }

    private static string Field(ListModelsRequest request) =>
        Assert.Single(Assert.Throws<InvalidRequestException>(() => ModelPage.Of(s_models, request)).Violations).Field;
}
