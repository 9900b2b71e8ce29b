namespace ModelServer.Responses;

/// <summary>Checks the items that a request brings.</summary>
internal static class ItemValidation
{
    private const int MaxIdLength = 256;

    public static FieldError? Check(ResponsesInput? input, int maxItems)
    {
        if (input is null) return FieldError.Required("input");
        if (input.Items is []) return new("input", "input must not be empty.");
        if (TooMany(input.Items.Length, maxItems) is { } error) return error;
        return input.Items.Select((item, i) => Check(item, $"input[{i}]")).FirstOrDefault(e => e is not null);
    }

    public static FieldError? TooMany(int items, int maxItems) => items > maxItems ? new("input", $"The conversation has {items} items; at most {maxItems} are allowed.") : null;

    private static FieldError? Check(ResponsesItem item, string field) => item switch
    {
        { Id.Length: > MaxIdLength } => new($"{field}.id", $"{field}.id may have at most {MaxIdLength} characters."),
        { Type: null or "message" } => CheckMessage(item, field),
        { Type: "function_call" } => CheckCall(item, field),
        { Type: "function_call_output" } => CheckOutput(item, field),
        { Type: "reasoning" } => CheckParts(item.Content, field + ".content", "reasoning_text") ?? CheckParts(item.Summary is { } summary ? new(summary) : null, field + ".summary", "summary_text"),
        { Type: "item_reference" } => item.Id is null ? FieldError.Required($"{field}.id") : null,
        _ => FieldError.Unsupported($"{field}.type", $"Items of the type {item.Type} are not supported; message, function_call, function_call_output, reasoning and item_reference are."),
    };

    private static FieldError? CheckMessage(ResponsesItem message, string field) => message switch
    {
        { Role: null } => FieldError.Required($"{field}.role"),
        { Role: not ("user" or "assistant" or "system" or "developer") } => new($"{field}.role", $"{field}.role must be user, assistant, system or developer."),
        { Content: null } => FieldError.Required($"{field}.content"),
        { Content.Parts: [] } => new($"{field}.content", $"{field}.content must not be an empty list."),
        { Role: "assistant" } => CheckParts(message.Content, field + ".content", "output_text", "refusal"),
        _ => CheckParts(message.Content, field + ".content", "input_text"),
    };

    private static FieldError? CheckCall(ResponsesItem call, string field) => call switch
    {
        { CallId: null or "" } => FieldError.Required($"{field}.call_id"),
        { CallId.Length: > MaxIdLength } => new($"{field}.call_id", $"{field}.call_id may have at most {MaxIdLength} characters."),
        { Name: null } => FieldError.Required($"{field}.name"),
        _ when !ToolValidation.IsName(call.Name) => new($"{field}.name", $"{field}.name is no name of a function."),
        { Arguments: null } => FieldError.Required($"{field}.arguments"),
        _ => null,
    };

    private static FieldError? CheckOutput(ResponsesItem output, string field) => output switch
    {
        { CallId: null or "" } => FieldError.Required($"{field}.call_id"),
        { CallId.Length: > MaxIdLength } => new($"{field}.call_id", $"{field}.call_id may have at most {MaxIdLength} characters."),
        { Output: null } => FieldError.Required($"{field}.output"),
        _ => CheckParts(output.Output, field + ".output", "input_text"),
    };

    /// <param name="types">Those that belong there; the first is what a string is.</param>
    private static FieldError? CheckParts(ResponsesContent? content, string field, params string[] types)
    {
        if (content is null || content.IsString) return null;
        for (var i = 0; i < content.Parts.Length; i++)
        {
            var (part, path) = (content.Parts[i], $"{field}[{i}]");
            if (part.Type is null) return FieldError.Required($"{path}.type");
            if (!types.Contains(part.Type)) return FieldError.Unsupported($"{path}.type", $"A part of the type {part.Type} is not supported here; {string.Join(" and ", types)} {(types.Length == 1 ? "is" : "are")}.");
            var text = part.Type == "refusal" ? part.Refusal : part.Text;
            if (text is null) return FieldError.Required($"{path}.{(part.Type == "refusal" ? "refusal" : "text")}");
        }

        return null;
    }
}
