using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Protocol;

/// <summary>The tokens that a request took, as its model server tells the gateway: in headers, which the gateway takes off, and at the end of a stream,
/// where it is too late for headers, in a comment.</summary>
/// <param name="Model">The model that answered, by its name alone; null where it is not told.</param>
/// <param name="PromptTokens">Null where it is not told.</param>
/// <param name="CompletionTokens">Null where nothing is generated, or where it is not yet known because the answer is a stream.</param>
public readonly record struct ReportedUsage(string? Model, long? PromptTokens, long? CompletionTokens)
{
    public const string ModelHeader = "x-usage-model", PromptHeader = "x-usage-prompt-tokens", CompletionHeader = "x-usage-completion-tokens";

    private const string CommentStart = "usage prompt_tokens=", CommentMiddle = " completion_tokens=";

    private static readonly byte[] Start = Encoding.ASCII.GetBytes(": " + CommentStart), Middle = Encoding.ASCII.GetBytes(CommentMiddle);

    /// <summary>Sets the headers of what is told.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        if (Model is not null) headers[ModelHeader] = Model;
        if (PromptTokens is { } prompt) headers[PromptHeader] = Text(prompt);
        if (CompletionTokens is { } completion) headers[CompletionHeader] = Text(completion);
    }

    /// <summary>Reads the headers and takes them off. One that is no count tells nothing.</summary>
    public static ReportedUsage TakeFrom(IHeaderDictionary headers)
    {
        headers.Remove(ModelHeader, out var model);
        headers.Remove(PromptHeader, out var prompt);
        headers.Remove(CompletionHeader, out var completion);
        return new(model, Number(prompt), Number(completion));
    }

    /// <summary>The comment of a stream, without the colon that makes it one.</summary>
    public static string FormatComment(long promptTokens, long completionTokens) => $"{CommentStart}{Text(promptTokens)}{CommentMiddle}{Text(completionTokens)}";

    /// <summary>Finds the last comment that reports usage.</summary>
    /// <param name="stream">The last bytes of a stream, in UTF-8.</param>
    public static bool TryFindComment(ReadOnlySpan<byte> stream, out ReportedUsage report)
    {
        report = default;
        var at = stream.LastIndexOf(Start);
        if (at < 0) return false;
        var rest = stream[(at + Start.Length)..];
        if (!Utf8Parser.TryParse(rest, out long prompt, out var read) || !rest[read..].StartsWith(Middle)) return false;
        if (!Utf8Parser.TryParse(rest[(read + Middle.Length)..], out long completion, out _)) return false;
        report = new(null, prompt, completion);
        return true;
    }

    private static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
