using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>What the model may call.</summary>
public sealed record ChatTool([property: AllowedValues("function"), Required] string Type, [property: Required] ChatFunction Function);

public sealed record ChatFunction([property: Description("Letters, digits, underscores, hyphens and dots, at most 64; each name once."), Required] string Name)
{
    [Description("When and how to call it.")]
    public string? Description { get; init; }

    [Description("JSON schema of its arguments, which are an object; without it there are none.")]
    public JsonElement? Parameters { get; init; }

    [Description("Whether arguments must follow the schema, rather than being asked to."), DefaultValue(false)]
    public bool? Strict { get; init; }
}

public sealed record ChatToolCall([property: Required] string Id, [property: AllowedValues("function"), Required] string Type, [property: Required] ChatFunctionCall Function);

public sealed record ChatFunctionCall([property: Required] string Name, [property: Description("JSON text."), Required] string Arguments);

/// <param name="Index">Which of the answer's calls, from 0.</param>
/// <param name="Id">In a call's first event alone, as the type.</param>
public sealed record ChatToolCallDelta(
    int Index,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Type,
    ChatFunctionCallDelta Function);

/// <param name="Name">In a call's first event alone.</param>
/// <param name="Arguments">The next part of them.</param>
public sealed record ChatFunctionCallDelta([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name, string Arguments);
