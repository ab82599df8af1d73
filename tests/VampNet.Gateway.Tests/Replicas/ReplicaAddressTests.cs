using System.Net;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Stages;

namespace VampNet.Gateway.Tests.Replicas;

public sealed class ReplicaAddressTests
{
    [Theory]
    [InlineData("http://a:1", "http://a:1/")]
    [InlineData("http://a:1,http://b:2", "http://a:1/ http://b:2/")]
    [InlineData(" http://a:1 ; https://b ; http://a:1", "http://a:1/ https://b/")]
    [InlineData("dns:///codec:5101", "dns:///codec:5101")]
    [InlineData("dns+https:///codec:5101", "dns+https:///codec:5101")]
    public void Lists_have_one_address_a_replica(string list, string expected) =>
        Assert.Equal(expected, string.Join(' ', ReplicaAddress.ParseList("Stages:Codec", list).Select(a => a.Target.AbsoluteUri)));

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("codec:5101")]
    [InlineData("http://a:1,nonsense")]
    [InlineData("dns:///codec")]
    [InlineData("dns+https:///codec")]
    [InlineData("dns+http:///codec:5101")]
    [InlineData("dns://codec:5101")]
    [InlineData("dns:///codec:5101/more")]
    [InlineData("ftp://codec:5101")]
    public void What_is_no_address_is_refused_by_the_name_of_its_key(string list)
    {
        var error = Assert.Throws<InvalidOperationException>(() => new StageAddresses { ["FineGenerator"] = list }.Check());
        Assert.Contains("Stages:FineGenerator", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_stands_for_all_addresses_that_it_has()
    {
        var address = ReplicaAddress.ParseList("Stages:Codec", "dns:///codec:5101").Single();
        Assert.True(address.IsName);
        var found = await address.ResolveAsync(
            (name, _) => Task.FromResult(
                name == "codec" ? [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::2")] : Array.Empty<IPAddress>()),
            CancellationToken.None);
        Assert.Equal(["http://10.0.0.1:5101/", "http://[fd00::2]:5101/"], found.Select(uri => uri.AbsoluteUri));
    }

    [Fact]
    public async Task With_TLS_an_address_keeps_the_name_that_its_certificate_is_for()
    {
        var address = ReplicaAddress.ParseList("Stages:Codec", "dns+https:///codec:5101").Single();
        Assert.True(address.IsName);
        var found = await address.ResolveAsync((_, _) => Task.FromResult(new[] { IPAddress.Parse("10.0.0.1") }), CancellationToken.None);
        Assert.Equal("https://10.0.0.1:5101/#codec", Assert.Single(found).AbsoluteUri);
        Assert.Equal("codec", ReplicaAddress.NameOfReplica(found[0]));
        Assert.Null(ReplicaAddress.NameOfReplica(new Uri("https://codec:5101")));
    }
}
