using System.Buffers;
using System.Text.Json;

namespace ModelServer.Responses;

/// <summary>Checks the functions of a request, and which of them the model may call.</summary>
internal static class ToolValidation
{
    private const int MaxTools = 128, MaxNameLength = 128;
    private static readonly SearchValues<char> OfNames = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public static FieldError? Check(ResponsesTool[]? tools, ResponsesToolChoice? choice)
    {
        if (tools is { Length: > MaxTools }) return new("tools", $"tools may have at most {MaxTools} functions.");
        var names = new HashSet<string>();
        for (var i = 0; i < tools?.Length; i++)
            if (Check(tools[i], $"tools[{i}]", names) is { } error) return error;
        return Check(choice, names);
    }

    public static bool IsName(string? name) => name is { Length: > 0 and <= MaxNameLength } && !name.AsSpan().ContainsAnyExcept(OfNames);

    private static FieldError? Check(ResponsesTool? tool, string field, HashSet<string> names) => tool switch
    {
        null or { Type: null } => FieldError.Required($"{field}.type"),
        { Type: not "function" } => FieldError.Unsupported($"{field}.type", $"Tools of the type {tool.Type} are not supported; function is."),
        { Name: null } => FieldError.Required($"{field}.name"),
        _ when !IsName(tool.Name) => new($"{field}.name", $"{field}.name must have 1 to {MaxNameLength} of the characters a-z, A-Z, 0-9, _ and -."),
        { Parameters: { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) } } => new($"{field}.parameters", $"{field}.parameters must be an object."),
        _ when !names.Add(tool.Name!) => new($"{field}.name", $"{field}.name is that of another function."),
        _ => null,
    };

    private static FieldError? Check(ResponsesToolChoice? choice, HashSet<string> names) => choice switch
    {
        null or { IsMode: true, Type: "auto" or "none" } => null,
        { IsMode: true, Type: not "required" } => new("tool_choice", "tool_choice must be auto, none, required or name a function."),
        { IsMode: false, Type: not "function" } => FieldError.Unsupported("tool_choice.type", $"A tool_choice of the type {choice.Type} is not supported; function is."),
        _ when names.Count == 0 => new("tool_choice", "tool_choice demands a function, and tools has none."),
        { IsMode: false, Name: null } => FieldError.Required("tool_choice.name"),
        { IsMode: false } when !names.Contains(choice.Name) => new("tool_choice.name", "tool_choice.name is none of tools."),
        _ => null,
    };
}
