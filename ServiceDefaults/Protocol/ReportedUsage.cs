using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Protocol;

/// <summary>The tokens that a request took, as its model server tells the gateway: in headers, behind a stream in trailers of the same names (RFC 9110 §6.5), and
/// in the headers of the answer to a <see cref="UsageInquiry"/>. The gateway takes them off. Nothing that a client or a model can write is read as usage.</summary>
/// <param name="Model">The model that answered, by its name alone; null where it is not told.</param>
/// <param name="PromptTokens">Null where it is not told.</param>
/// <param name="CompletionTokens">Null where nothing is generated, or where it is not yet known because the answer is a stream.</param>
public readonly record struct ReportedUsage(string? Model, long? PromptTokens, long? CompletionTokens)
{
    public const string ModelHeader = "x-usage-model", PromptHeader = "x-usage-prompt-tokens", CompletionHeader = "x-usage-completion-tokens";

    /// <summary>Sets the headers of what is told.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        if (Model is not null) headers[ModelHeader] = Model;
        if (PromptTokens is { } prompt) headers[PromptHeader] = Text(prompt);
        if (CompletionTokens is { } completion) headers[CompletionHeader] = Text(completion);
    }

    /// <summary>Reads the headers and takes them off. One that is no count tells nothing: a sign, a fraction, two values.</summary>
    public static ReportedUsage TakeFrom(IHeaderDictionary headers)
    {
        headers.Remove(ModelHeader, out var model);
        headers.Remove(PromptHeader, out var prompt);
        headers.Remove(CompletionHeader, out var completion);
        return new(model, Number(prompt), Number(completion));
    }

    /// <inheritdoc cref="TakeFrom(IHeaderDictionary)"/>
    public static ReportedUsage TakeFrom(HttpHeaders headers) => new(Take(headers, ModelHeader), Number(Take(headers, PromptHeader)), Number(Take(headers, CompletionHeader)));

    private static string? Take(HttpHeaders headers, string name)
    {
        if (!headers.NonValidated.TryGetValues(name, out var values)) return null;
        var text = values.ToString();
        headers.Remove(name);
        return text;
    }

    private static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
