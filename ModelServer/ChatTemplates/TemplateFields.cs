using System.Text.Json;

namespace ModelServer.ChatTemplates;

/// <summary>Checks what callers hand to templates themselves.</summary>
internal static class TemplateFields
{
    /// <summary>Tokens that a tokenizer gives to a template.</summary>
    public static readonly string[] Tokens = ["bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token"];

    /// <summary>What would put another conversation, template or token in the place of the request's and the model's.</summary>
    private static readonly HashSet<string> Reserved = [.. Tokens, "messages", "conversation", "tools", "documents", "add_generation_prompt", "continue_final_message", "chat_template", "additional_special_tokens"];

    public static FieldError? CheckArguments(JsonElement? arguments) => arguments switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Object } given => Names(given).FirstOrDefault(Reserved.Contains) is { } name
            ? new("chat_template_kwargs", $"chat_template_kwargs must not have {name}, which the model or another field of the request says.")
            : null,
        _ => new("chat_template_kwargs", "chat_template_kwargs must be an object: variables of the model's chat template by name."),
    };

    public static FieldError? CheckDocuments(JsonElement? documents) => documents switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Array } given when given.EnumerateArray().All(d => d.ValueKind == JsonValueKind.Object) => null,
        _ => new("documents", "documents must be a list of objects, such as {\"title\": \"…\", \"text\": \"…\"}."),
    };

    private static IEnumerable<string> Names(JsonElement given)
    {
        foreach (var member in given.EnumerateObject())
        {
            string name;
            try
            {
                name = member.Name;
            }
            catch (InvalidOperationException)
            {
                // No Unicode: refused when it is read.
                continue;
            }

            yield return name;
        }
    }
}
