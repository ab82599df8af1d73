using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Architecture.Tests;

/// <summary>
/// No product assembly calls anything of TorchSharp that makes a Scalar behind its back, at any depth: native code reads such a number
/// while a garbage collection may free it. BannedSymbols.txt names what was met; this finds the rest.
/// </summary>
public class TorchScalarTests
{
    private const string Scalar = "TorchSharp.Scalar", ToScalar = "TorchSharp.ScalarExtensionMethods";

    [Fact]
    public void The_product_makes_its_scalars_itself()
    {
        var unsafeCalls = UnsafeCalls();
        Assert.Contains(unsafeCalls, call => call.Contains("Tensor::op_Addition", StringComparison.Ordinal)); // they are found at all
        var product = Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Where(path => Assemblies.IsProduct(Path.GetFileName(path))).ToList();
        Assert.Contains(product, path => path.EndsWith("VampNet.Model.dll", StringComparison.Ordinal));
        var found = product.SelectMany(Calls).Where(call => unsafeCalls.Contains(call.Callee))
            .Select(call => $"{call.Caller} calls {call.Callee}").Distinct();
        Assert.Equal("", string.Join('\n', found));
    }

    /// <summary>Conversions to a Scalar, and what calls them within TorchSharp, at any depth.</summary>
    private static HashSet<string> UnsafeCalls()
    {
        var calls = Calls(Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll")).Where(call => !IsConversion(call.Caller))
            .ToLookup(call => call.Callee, call => call.Caller);
        var found = new HashSet<string>();
        var open = new Queue<string>(calls.Select(call => call.Key).Where(IsConversion));
        while (open.TryDequeue(out var callee))
        {
            foreach (var caller in calls[callee].Where(found.Add))
                open.Enqueue(caller);
        }
        // Our own conversions are explicit, and kept: TensorArithmetic.
        found.UnionWith(calls.Select(call => call.Key).Where(call => call.StartsWith($"{Scalar}::op_Implicit", StringComparison.Ordinal)));
        return found;
    }

    private static bool IsConversion(string method) =>
        method.StartsWith($"{Scalar}::", StringComparison.Ordinal)
            && (method.Contains("op_Implicit", StringComparison.Ordinal) || method.Contains(".ctor", StringComparison.Ordinal))
        || method.StartsWith($"{ToScalar}::", StringComparison.Ordinal);

    private static List<(string Caller, string Callee)> Calls(string path)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        return [.. from type in assembly.MainModule.GetTypes()
                   from method in type.Methods
                   where method.HasBody
                   from instruction in method.Body.Instructions
                   where instruction.OpCode.FlowControl == FlowControl.Call && instruction.Operand is MethodReference
                   select (Name(method), Name((MethodReference)instruction.Operand))];
    }

    private static string Name(MethodReference method)
    {
        var parameters = method.Parameters.Select(parameter => parameter.ParameterType.FullName);
        return $"{method.DeclaringType.GetElementType().FullName}::{method.Name}({string.Join(',', parameters)})";
    }
}
