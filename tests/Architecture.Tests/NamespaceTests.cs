using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Architecture.Tests;

/// <summary>Inside each project namespaces form no circles: what all use lies at the bottom, and can be read first.</summary>
public class NamespaceTests
{
    public static TheoryData<string> Projects =>
        [.. Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Select(path => Path.GetFileName(path)).Where(IsRead)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_form_no_circle(string assembly)
    {
        var uses = Uses(Path.Combine(AppContext.BaseDirectory, assembly));
        var above = uses.Select(use => use.From).Distinct().ToDictionary(space => space, space => Reach(space, uses));
        var circles = uses.Where(use => above.TryGetValue(use.To, out var reached) && reached.Contains(use.From))
            .Select(use => $"{use.From} uses {use.To}: {use.Example}");
        Assert.True(!circles.Any(), string.Join('\n', circles.Order(StringComparer.Ordinal)));
    }

    // The contracts are generated, and a namespace of them is a file of protobuf's.
    private static bool IsRead(string name) => Assemblies.IsProduct(name) && name != "VampNet.Protos.dll";

    /// <summary>Every namespace that a namespace uses, directly or through others.</summary>
    private static HashSet<string> Reach(string from, IReadOnlyCollection<(string From, string To, string Example)> uses)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>([from]);
        while (open.TryDequeue(out var space))
        {
            foreach (var use in uses.Where(use => use.From == space && reached.Add(use.To)))
                open.Enqueue(use.To);
        }
        return reached;
    }

    /// <summary>Which namespace of an assembly uses which other of the same, with one example each.</summary>
    private static IReadOnlyCollection<(string From, string To, string Example)> Uses(string path)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        var module = assembly.MainModule;
        var uses = from type in module.GetTypes()
                   from used in Types(type).SelectMany(Parts)
                   where used.Scope == module
                   let pair = (From: Namespace(type), To: Namespace(used))
                   where pair.From != pair.To && pair.From.Length > 0 && pair.To.Length > 0
                   group $"{type.Name} knows {used.Name}" by pair into examples
                   select (examples.Key.From, examples.Key.To, examples.First());
        return [.. uses];
    }

    private static string Namespace(TypeReference type) => type.DeclaringType is { } outer ? Namespace(outer) : type.Namespace;

    /// <summary>The types that a type mentions in its declaration, its members and its code.</summary>
    private static IEnumerable<TypeReference> Types(TypeDefinition type)
    {
        IEnumerable<TypeReference?> all =
        [
            type.BaseType,
            .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.CustomAttributes.Select(a => a.AttributeType),
            .. type.Fields.Select(f => f.FieldType),
            .. type.Methods.SelectMany(m => m.Parameters.Select(p => p.ParameterType).Append(m.ReturnType)),
            .. type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Variables.Select(v => v.VariableType)),
            .. type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions).SelectMany(Operand),
        ];
        return all.OfType<TypeReference>();
    }

    private static IEnumerable<TypeReference> Operand(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments],
        MemberReference member => [member.DeclaringType],
        _ => [],
    };

    /// <summary>A type without what wraps it, and its arguments.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        FunctionPointerType => [],
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [type],
    };
}
