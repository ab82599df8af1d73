using Mono.Cecil;

namespace Architecture.Tests;

/// <summary>
/// A checkpoint of PyTorch is a program for whoever unpickles it. Ours runs nothing of it, and still: only commands that a person types
/// read one; no service has the code on any path.
/// </summary>
public class CheckpointTests
{
    private const string Readers = "VampNet.Model.Checkpoints.Torch", Converter = "VampNet.Model.Packages.CheckpointConverter";

    [Fact]
    public void Only_the_converter_of_the_model_library_reads_checkpoints_of_PyTorch() =>
        Assert.Equal(
            [Converter],
            Users("VampNet.Model.dll", used => used.Namespace == Readers)
                .Where(user => !user.StartsWith(Readers, StringComparison.Ordinal)).Distinct());

    [Fact]
    public void No_service_uses_the_converter_or_what_it_uses()
    {
        var services = Directory.GetFiles(AppContext.BaseDirectory, "VampNet.*.dll").Select(path => Path.GetFileName(path)).Where(
            name => name.StartsWith("VampNet.Services.", StringComparison.Ordinal) || name == "VampNet.Gateway.dll").ToList();
        Assert.True(services.Count >= 7, string.Join(", ", services)); // they are found at all
        Assert.Empty(services.SelectMany(name => Users(name, used => used.Namespace == Readers || used.FullName == Converter)));
        Assert.NotEmpty(Users("vampnet.dll", used => used.FullName == Converter));
    }

    /// <summary>Types of an assembly, the outermost, whose members mention such a type.</summary>
    private static IEnumerable<string> Users(string name, Func<TypeReference, bool> isMeant)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, name));
        return [.. from type in assembly.MainModule.GetTypes()
                   from method in type.Methods
                   where method.HasBody
                   from instruction in method.Body.Instructions
                   let used = instruction.Operand as TypeReference ?? (instruction.Operand as MemberReference)?.DeclaringType
                   where used is not null && isMeant(used.GetElementType())
                   select Outermost(type).FullName];
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
