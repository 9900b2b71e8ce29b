using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ModelServer.ChatTemplates;
using ModelServer.ToolCalls;

namespace ModelServer.OpenAI;

/// <summary>The tools of a chat request, and whether they may, must or must not be called: the older fields mean the same.</summary>
internal static partial class ChatTools
{
    private const int MostNameLength = 64;
    private const string Allowed = "allowed_tools";
    private const string ChoiceForm = "tool_choice must be auto, none, required, {\"type\":\"function\",\"function\":{\"name\"}} or {\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\",\"tools\"}}.";

    private static readonly JsonElement NoParameters = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement;

    /// <summary>Whether the request is in the older form, and so is the answer.</summary>
    public static bool UsesFunctions(this ChatCompletionsRequest request) => request.Functions is { Length: > 0 };

    public static FieldError? ValidateTools(this ChatCompletionsRequest request)
    {
        if (request is { Tools.Length: > 0, Functions.Length: > 0 }) return new("functions", "functions is the older form of tools: ask for one of them.");
        var field = request.UsesFunctions() ? "functions" : "tools";
        var count = (request.Tools?.Length ?? 0) + (request.Functions?.Length ?? 0);
        if (count > ChatCompletionsRequest.MaxTools) return new(field, $"{field} has {count} items; at most {ChatCompletionsRequest.MaxTools} are allowed.");
        for (var i = 0; i < request.Tools?.Length; i++)
            if (Check(request.Tools[i], $"tools[{i}]") is { } error) return error;
        for (var i = 0; i < request.Functions?.Length; i++)
            if (Check(request.Functions[i], $"functions[{i}]") is { } error) return error;
        var names = new HashSet<string>();
        if (Functions(request).FirstOrDefault(f => !names.Add(f.Name)) is { } twice) return new(field, $"{field} has the name {twice.Name} twice.");
        return ValidateChoice(request, names);
    }

    /// <summary>Those that the model is told of. In the form on which models were trained, whatever the order and further members of the request's.</summary>
    public static IReadOnlyList<ToolDefinition> ToDefinitions(this ChatCompletionsRequest request)
    {
        var allowed = AllowedTools(request.ToolChoice);
        return [.. Functions(request).Where(f => allowed is not { } names || names.Contains(f.Name)).Select(ToDefinition)];
    }

    /// <summary>Of a valid request.</summary>
    public static ToolChoice ToToolChoice(this ChatCompletionsRequest request)
    {
        var choice = request.UsesFunctions() ? request.FunctionCall : request.ToolChoice;
        return choice switch
        {
            { ValueKind: JsonValueKind.String } mode => Mode(mode.GetString()),
            { ValueKind: JsonValueKind.Object } named when NameOf(named, request.UsesFunctions()) is { } name => ToolChoice.Only(name),
            { ValueKind: JsonValueKind.Object } allowed => Mode(StringOf(allowed.GetProperty(Allowed), "mode")),
            _ => ToolChoice.Auto,
        };
    }

    private static ToolChoice Mode(string? mode) => mode switch
    {
        "none" => ToolChoice.None,
        "required" => ToolChoice.Required,
        _ => ToolChoice.Auto,
    };

    private static FieldError? ValidateChoice(ChatCompletionsRequest request, HashSet<string> names)
    {
        if (Says(request.FunctionCall) && !request.UsesFunctions()) return new("function_call", "function_call goes with functions alone.");
        if (Says(request.ToolChoice) && request.UsesFunctions()) return new("tool_choice", "tool_choice goes with tools, not with functions.");
        if (request.UsesFunctions()) return ValidateFunctionCall(request.FunctionCall, names);
        switch (request.ToolChoice)
        {
            case null or { ValueKind: JsonValueKind.Null }:
                return null;
            case { ValueKind: JsonValueKind.String } mode when mode.GetString() is "auto" or "none" or "required":
                return names.Count > 0 || !mode.ValueEquals("required") ? null : new("tool_choice", "tool_choice goes with tools alone.");
            case { ValueKind: JsonValueKind.Object } choice when NameOf(choice, isOld: false) is { } name:
                return names.Contains(name) ? null : new("tool_choice", $"tools has none of the name {name}, which tool_choice asks for.");
            case { ValueKind: JsonValueKind.Object } choice when choice.TryGetProperty(Allowed, out var allowed):
                if (StringOf(allowed, "mode") is not ("auto" or "required") || AllowedTools(choice) is not { Count: > 0 } some) return new("tool_choice", ChoiceForm);
                return some.FirstOrDefault(n => !names.Contains(n)) is { } unknown ? new("tool_choice", $"tools has none of the name {unknown}, which tool_choice allows.") : null;
            default:
                return new("tool_choice", ChoiceForm);
        }
    }

    private static FieldError? ValidateFunctionCall(JsonElement? call, HashSet<string> names) => call switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } mode when mode.GetString() is "auto" or "none" => null,
        { ValueKind: JsonValueKind.Object } named when NameOf(named, isOld: true) is { } name
            => names.Contains(name) ? null : new("function_call", $"functions has none of the name {name}, which function_call asks for."),
        _ => new("function_call", "function_call must be auto, none or {\"name\"}."),
    };

    private static FieldError? Check(ChatTool? tool, string field) => tool switch
    {
        null or { Type: null } => new($"{field}.type", "Every tool needs a type."),
        { Type: not "function" } => FieldError.Unsupported($"{field}.type", $"Tools of the type {tool.Type} are not supported; function is."),
        { Function: null } => new($"{field}.function", "A tool of the type function needs the field function."),
        _ => Check(tool.Function, $"{field}.function"),
    };

    private static FieldError? Check(ChatFunction? function, string field) => function switch
    {
        null or { Name: null } => new($"{field}.name", "Every function needs a name."),
        _ when function.Name.Length > MostNameLength || !Name().IsMatch(function.Name)
            => new($"{field}.name", $"name must be 1 to {MostNameLength} letters, digits, underscores, hyphens and dots."),
        { Parameters: { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) } } => new($"{field}.parameters", "parameters must be a JSON schema, an object."),
        { Parameters: { ValueKind: JsonValueKind.Object } schema } when schema.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("object"))
            => new($"{field}.parameters", "parameters must be the schema of an object: its type must be object."),
        _ => null,
    };

    private static IEnumerable<ChatFunction> Functions(ChatCompletionsRequest request) => (request.Tools ?? []).Select(t => t.Function).Concat(request.Functions ?? []);

    private static ToolDefinition ToDefinition(ChatFunction function)
    {
        var parameters = function.Parameters is { ValueKind: JsonValueKind.Object } schema ? schema : (JsonElement?)null;
        var source = new JsonObject { ["name"] = function.Name };
        if (function.Description is { } description) source["description"] = description;
        source["parameters"] = JsonObject.Create(parameters ?? NoParameters);
        var tool = new JsonObject { ["type"] = "function", ["function"] = source };
        return new(function.Name, function.Description, parameters, function.Strict ?? false, JsonSerializer.SerializeToElement(tool, ToolJson.Default.JsonObject));
    }

    /// <summary>The only tool that is asked for by name; null where none is.</summary>
    private static string? NameOf(JsonElement choice, bool isOld)
        => isOld ? StringOf(choice, "name") : StringOf(choice, "type") is "function" && choice.TryGetProperty("function", out var function) ? StringOf(function, "name") : null;

    /// <summary>Names of those that a choice allows; null where it allows all.</summary>
    private static List<string>? AllowedTools(JsonElement? choice)
    {
        if (choice is not { ValueKind: JsonValueKind.Object } only || !only.TryGetProperty(Allowed, out var allowed) || allowed.ValueKind != JsonValueKind.Object) return null;
        if (!allowed.TryGetProperty("tools", out var tools) || tools.ValueKind != JsonValueKind.Array) return null;
        var names = tools.EnumerateArray().Select(t => t.ValueKind == JsonValueKind.Object ? NameOf(t, isOld: false) : null).OfType<string>().ToList();
        return names.Count < tools.GetArrayLength() ? null : names;
    }

    private static string? StringOf(JsonElement value, string member)
        => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static bool Says(JsonElement? value) => value is { ValueKind: not JsonValueKind.Null } said && !(said.ValueKind == JsonValueKind.String && said.ValueEquals("none"));

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]+\z")]
    private static partial Regex Name();
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ToolJson : JsonSerializerContext;
