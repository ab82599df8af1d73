using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Polyfills.Tests;

/// <summary>What one dll refers to in others, and whether the runtime can bind it.</summary>
internal sealed class MemberReferences : IDisposable
{
    // Stands in for every type variable in scope of a reference; all of them are reference types.
    private static readonly Type[] TypeVariables = [.. Enumerable.Repeat(typeof(object), 8)];

    private readonly PEReader _pe;
    private readonly MetadataReader _reader;
    private readonly Module _module;
    private readonly IReadOnlySet<string> _targets;

    /// <param name="image">the dll's bytes</param>
    /// <param name="module">the same dll, loaded</param>
    /// <param name="targets">names of the assemblies whose members matter</param>
    public MemberReferences(byte[] image, Module module, IReadOnlySet<string> targets)
    {
        _pe = new PEReader(new MemoryStream(image));
        _reader = _pe.GetMetadataReader();
        (_module, _targets) = (module, targets);
    }

    /// <summary>Every type and member reference into the targets: a name to show and its token.</summary>
    public IEnumerable<(string Name, int Token)> All()
    {
        foreach (var handle in _reader.TypeReferences.Where(IsTarget))
            yield return (TypeName(handle), MetadataTokens.GetToken(handle));
        foreach (var handle in _reader.MemberReferences)
        {
            var member = _reader.GetMemberReference(handle);
            if (DeclaringType(member.Parent) is { } type && IsTarget(type))
                yield return ($"{TypeName(type)}.{_reader.GetString(member.Name)}", MetadataTokens.GetToken(handle));
        }
    }

    /// <summary>The references that the runtime cannot bind: type, name and whole signature decide, as they would at run time.</summary>
    public IEnumerable<string> Unresolved()
    {
        foreach (var (name, token) in All())
        {
            var error = Record.Exception(() => _module.ResolveMember(token, TypeVariables, TypeVariables));
            if (error is not null)
                yield return $"{name}: {error.Message}";
        }
    }

    public void Dispose() => _pe.Dispose();

    private bool IsTarget(TypeReferenceHandle handle)
    {
        var scope = _reader.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => IsTarget((TypeReferenceHandle)scope),
            HandleKind.AssemblyReference => _targets.Contains(_reader.GetString(_reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name)),
            _ => false,
        };
    }

    private TypeReferenceHandle? DeclaringType(EntityHandle parent)
    {
        if (parent.Kind == HandleKind.TypeReference)
            return (TypeReferenceHandle)parent;
        if (parent.Kind != HandleKind.TypeSpecification)
            return null;
        // A generic instantiation starts GENERICINST, CLASS or VALUETYPE, then the generic type itself (ECMA-335 II.23.2.14).
        var signature = _reader.GetBlobReader(_reader.GetTypeSpecification((TypeSpecificationHandle)parent).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return null;
        signature.ReadByte();
        var type = signature.ReadTypeHandle();
        return type.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)type : null;
    }

    private string TypeName(TypeReferenceHandle handle)
    {
        var type = _reader.GetTypeReference(handle);
        return $"{_reader.GetString(type.Namespace)}.{_reader.GetString(type.Name)}";
    }
}
