using System.Reflection;
using System.Runtime.Loader;
using System.Text;

namespace Polyfills.Tests;

/// <summary>Every member that the real Grpc and YARP dlls reference in the polyfilled assemblies is there.</summary>
public sealed class MemberReferenceTests
{
    private static readonly HashSet<string> Targets = ["Grpc.Core.Api", "Grpc.Net.Common", "System.IO.Hashing"];

    [Theory]
    [InlineData("Grpc.AspNetCore.Server", 90)]
    [InlineData("Grpc.Net.Client", 90)]
    [InlineData("Yarp.ReverseProxy", 2)]
    public void EveryReferenceResolvesWithItsSignature(string name, int atLeast)
    {
        var assembly = Assembly.Load(name);
        using var references = new MemberReferences(File.ReadAllBytes(assembly.Location), assembly.ManifestModule, Targets);
        Assert.True(references.All().Count() >= atLeast, $"only {references.All().Count()} references found: the walk is broken");
        Assert.Empty(references.Unresolved());
    }

    [Theory]
    [InlineData("Grpc.AspNetCore.Server")]
    [InlineData("Grpc.Net.Client")]
    [InlineData("Yarp.ReverseProxy")]
    public void EveryTypeLoadsAndEveryOverrideHasItsBase(string name)
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        // GetTypes throws where an abstract or interface member of a polyfill is not the one that the dll implements.
        var orphans = Assembly.Load(name).GetTypes()
            .Where(type => type.BaseType is { } parent && Targets.Contains(parent.Assembly.GetName().Name!))
            .SelectMany(type => type.GetMethods(Declared))
            .Where(method => method.IsVirtual && !method.Attributes.HasFlag(MethodAttributes.NewSlot) && method.GetBaseDefinition() == method)
            .Select(method => $"{method.DeclaringType}.{method}");
        Assert.Empty(orphans);
    }

    [Fact]
    public void TheWalkFindsAMissingMember()
    {
        var image = File.ReadAllBytes(Assembly.Load("Grpc.Net.Client").Location);
        var name = Encoding.ASCII.GetBytes("get_IsWaitForReady\0");
        var at = image.AsSpan().IndexOf(name);
        image[at + name.Length - 2] = (byte)'Y';
        var context = new AssemblyLoadContext("patched", isCollectible: true);
        var patched = context.LoadFromStream(new MemoryStream(image));
        using var references = new MemberReferences(image, patched.ManifestModule, Targets);
        Assert.Contains("get_IsWaitForReadY", Assert.Single(references.Unresolved()), StringComparison.Ordinal);
        context.Unload();
    }
}
