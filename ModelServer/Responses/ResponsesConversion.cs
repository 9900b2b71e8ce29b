using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Chat;
using ModelServer.ChatTemplates;
using ModelServer.Constraints;
using ModelServer.Constraints.JsonSchema;
using ModelServer.Generation;
using ModelServer.Requests;
using ModelServer.ToolCalls;

namespace ModelServer.Responses;

/// <summary>Makes of a body of <c>POST /v1/responses</c> what the generator takes.</summary>
internal static class ResponsesConversion
{
    public static TextGenerationRequest ToGeneration(this ResponsesRequest request, ChatRequest chat, Caller caller)
        => (chat.ToGeneration(request.Model, caller, request.ToSamplingOptions(request.TellsLogprobs() ? request.TopLogprobs ?? 0 : null)) with
        {
            MaxTokens = request.MaxOutputTokens,
            MaxTokensField = "max_output_tokens",
            Field = "input",
        }).WithTextOf(request).LeavingTheRest(request, request.MaxOutputTokens);

    public static bool TellsLogprobs(this ResponsesRequest request) => request.TopLogprobs > 0 || request.Include?.Contains(ResponsesValidation.LogprobsIncluded) == true;

    public static ChatRequest ToChat(this ResponsesRequest request, ResponseContext context) => new(new(ConversationTurns.Of(request.Instructions, context.Items))
    {
        Tools = [.. (request.Tools ?? []).Select(ToDefinition)],
        Arguments = Arguments(request.Reasoning?.Effort),
    })
    {
        ToolChoice = request.ToolChoice switch
        {
            null or { Type: "auto" } => ToolChoice.Auto,
            { Type: "none" } => new(ToolChoiceMode.None),
            var choice => new(ToolChoiceMode.Required, choice.Name),
        },
        CallsInParallel = request.ParallelToolCalls ?? true,
        Format = FormatOf(request.Text?.Format),
    };

    /// <summary>What the text must be, of a form that validation has passed.</summary>
    private static OutputFormat? FormatOf(ResponsesTextFormat? format) => format?.Type switch
    {
        null or "text" => null,
        "json_object" => new JsonObjectFormat(),
        _ => new JsonSchemaFormat(format!.Schema!.Value, "text.format.schema", format.Strict == true),
    };

    /// <summary>As templates expect it, which is how chat completions have it: the function in an object of its own.</summary>
    private static ToolDefinition ToDefinition(ResponsesTool tool)
    {
        var function = new JsonObject { ["name"] = tool.Name };
        if (tool.Description is not null) function["description"] = tool.Description;
        if (tool.Parameters is { ValueKind: JsonValueKind.Object } parameters) function["parameters"] = JsonNode.Parse(parameters.GetRawText());
        if (tool.Strict is { } strict) function["strict"] = strict;
        var source = JsonSerializer.SerializeToElement(new JsonObject { ["type"] = "function", ["function"] = function });
        return new(tool.Name!, tool.Description, tool.Parameters is { ValueKind: JsonValueKind.Object } ? tool.Parameters : null, tool.Strict == true, source);
    }

    /// <summary>How hard to think, by the names that templates have for it.</summary>
    private static JsonElement? Arguments(string? effort) => effort is null
        ? null
        : JsonSerializer.SerializeToElement(effort == "none" ? new JsonObject { ["reasoning_effort"] = effort, ["enable_thinking"] = false } : new JsonObject { ["reasoning_effort"] = effort });
}
