using System.Reflection;
using Mono.Cecil;

namespace Testing;

/// <summary>Reads a compiled assembly and finds the types that use a folder which stands no lower than their own. A folder is a namespace below the
/// assembly's root; a nested or compiler-generated type belongs to its outermost type. Constants and <c>nameof</c> leave no trace in what is compiled.</summary>
public static class Floors
{
    /// <param name="root">The root namespace; its own types are a folder of that name, and the class of top-level statements is the folder <c>Program</c>.</param>
    /// <param name="plan">One floor a line, the top first; folders of one floor are separated by spaces and do not use each other. A folder within a folder
    /// (<c>Tokenization.Models</c>) is one of its own. Lines that begin with <c>//</c> are comments.</param>
    /// <returns>What is wrong, such as <c>Gateway.Replicas.Replica → Gateway.Proxy.Forwarding</c>; nothing when the plan holds.</returns>
    public static string[] Faults(Assembly assembly, string root, string plan)
    {
        var floors = Read(plan);
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        var types = module.Types.Select(t => (Type: t, Folder: FolderOf(t, root))).Where(t => t.Folder is not null).ToArray();
        var folders = types.Select(t => t.Folder!).ToHashSet();
        return
        [
            .. folders.Where(f => !floors.ContainsKey(f)).Order().Select(f => $"{f} is on no floor."),
            .. floors.Keys.Where(f => !folders.Contains(f)).Order().Select(f => $"{f} does not exist."),
            .. types.SelectMany(from => Uses(from.Type).Select(Outermost).Distinct()
                .Where(to => FolderOf(to, root) is { } folder && folder != from.Folder
                    && floors.TryGetValue(folder, out var there) && floors.TryGetValue(from.Folder!, out var here) && there >= here)
                .Select(to => $"{from.Type.FullName} → {to.FullName}")).Order(StringComparer.Ordinal),
        ];
    }

    /// <returns>Each folder's floor, counted from the ground.</returns>
    private static Dictionary<string, int> Read(string plan)
    {
        var lines = plan.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith("//", StringComparison.Ordinal)).ToArray();
        return lines.SelectMany((line, i) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(folder => (Folder: folder, Floor: lines.Length - i)))
            .ToDictionary(f => f.Folder, f => f.Floor);
    }

    /// <returns>Null for what a source generator puts elsewhere.</returns>
    private static string? FolderOf(TypeDefinition type, string root) => type.Namespace switch
    {
        "" => type.Name == "Program" ? "Program" : null,
        var own when own == root => root,
        var below when below.StartsWith(root + ".", StringComparison.Ordinal) => below[(root.Length + 1)..],
        _ => null,
    };

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<TypeDefinition> Uses(TypeDefinition type)
        => References(type).SelectMany(Parts).Concat(type.NestedTypes.SelectMany(Uses));

    private static IEnumerable<TypeReference?> References(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(i => i.InterfaceType),
        .. OfAttributes(type),
        .. OfGenerics(type),
        .. type.Fields.Select(f => f.FieldType),
        .. type.Fields.SelectMany(OfAttributes),
        .. type.Properties.SelectMany(OfAttributes),
        .. type.Events.SelectMany(OfAttributes),
        .. type.Methods.SelectMany(OfMethod),
    ];

    private static IEnumerable<TypeReference?> OfMethod(MethodDefinition method) =>
    [
        .. OfSignature(method),
        .. OfGenerics(method),
        .. OfAttributes(method),
        .. OfAttributes(method.MethodReturnType),
        .. method.Parameters.SelectMany(OfAttributes),
        .. method.Overrides.SelectMany(OfSignature),
        .. method.HasBody ? OfBody(method.Body) : [],
    ];

    private static IEnumerable<TypeReference?> OfBody(Mono.Cecil.Cil.MethodBody body) =>
    [
        .. body.Variables.Select(v => v.VariableType),
        .. body.ExceptionHandlers.Select(h => h.CatchType),
        .. body.Instructions.SelectMany(i => i.Operand switch
        {
            TypeReference type => [type],
            FieldReference field => [field.DeclaringType, field.FieldType],
            IMethodSignature method => OfSignature(method),
            _ => Array.Empty<TypeReference?>().AsEnumerable(),
        }),
    ];

    private static IEnumerable<TypeReference?> OfSignature(IMethodSignature method) =>
    [
        (method as MethodReference)?.DeclaringType,
        method.ReturnType,
        .. method.Parameters.Select(p => p.ParameterType),
        .. method is GenericInstanceMethod generic ? generic.GenericArguments : [],
    ];

    private static IEnumerable<TypeReference?> OfGenerics(IGenericParameterProvider generic)
        => generic.GenericParameters.SelectMany(p => p.Constraints.Select(c => c.ConstraintType));

    private static IEnumerable<TypeReference?> OfAttributes(Mono.Cecil.ICustomAttributeProvider owner) => owner.CustomAttributes.SelectMany(attribute =>
        attribute.ConstructorArguments.Concat(attribute.Properties.Concat(attribute.Fields).Select(p => p.Argument)).Select(a => a.Value as TypeReference)
            .Append(attribute.AttributeType));

    /// <returns>The assembly's own types that a reference consists of: element types and generic arguments too.</returns>
    private static IEnumerable<TypeDefinition> Parts(TypeReference? reference) => reference switch
    {
        TypeDefinition own => [own],
        GenericInstanceType generic => generic.GenericArguments.Append(generic.ElementType).SelectMany(Parts),
        IModifierType modified => Parts(modified.ElementType).Concat(Parts(modified.ModifierType)),
        FunctionPointerType function => OfSignature(function).SelectMany(Parts),
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [],
    };
}
