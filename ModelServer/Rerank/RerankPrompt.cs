using System.Text;
using ModelServer.ModelFiles;
using ModelServer.Requests;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Rerank;

/// <summary>The form in which a model reads a query and a document as one text, from <c>serving.json</c>. What callers wrote never becomes a special token, nor a placeholder.</summary>
internal sealed class RerankPrompt
{
    private const string QueryPart = "{query}", DocumentPart = "{document}", InstructionPart = "{instruction}";
    private static readonly string[] Placeholders = [QueryPart, DocumentPart, InstructionPart];
    private readonly List<string> _parts = [];
    private readonly string _instruction;

    private RerankPrompt(string template, string instruction)
    {
        _instruction = instruction;
        for (var at = 0; at < template.Length;)
        {
            var next = Placeholders.Select(p => (Name: p, At: template.IndexOf(p, at, StringComparison.Ordinal))).Where(p => p.At >= 0).OrderBy(p => p.At).FirstOrDefault();
            var end = next.Name is null ? template.Length : next.At;
            if (end > at) _parts.Add(template[at..end]);
            if (next.Name is not null) _parts.Add(next.Name);
            at = end + (next.Name?.Length ?? 0);
        }
    }

    /// <summary>Whether a request may say what is looked for.</summary>
    public bool TakesInstruction => _parts.Contains(InstructionPart);

    /// <returns>Null where query and document are read as a pair.</returns>
    /// <exception cref="ModelLoadException">The template is not one.</exception>
    public static RerankPrompt? Read(RerankConfig? config)
    {
        if (config?.Template is not { } template) return null;
        var prompt = new RerankPrompt(template, config.Instruction ?? "");
        foreach (var needed in new[] { QueryPart, DocumentPart })
            if (prompt._parts.Count(p => p == needed) != 1) throw new ModelLoadException($"serving.json: rerank.template must have {needed} once.");
        if (prompt.TakesInstruction && config.Instruction is null) throw new ModelLoadException("serving.json: rerank.template has {instruction}; say in rerank.instruction what stands there without a request's.");
        return prompt;
    }

    public TextInput Write(string query, string document, string? instruction)
    {
        var (text, plain) = (new StringBuilder(), new List<TextSpan>());
        foreach (var part in _parts)
        {
            var written = part switch { QueryPart => query, DocumentPart => document, InstructionPart => instruction ?? _instruction, _ => null };
            if (written is { Length: > 0 }) plain.Add(new(text.Length, text.Length + written.Length));
            text.Append(written ?? part);
        }

        return new(text.ToString()) { PlainParts = [.. plain] };
    }
}

/// <summary>A query and a document for a model that reads them in a form of its own.</summary>
/// <param name="DocumentField">What messages call the document.</param>
internal sealed record PromptedPair(string Query, string Document, string? Instruction, string DocumentField) : EncoderInput
{
    /// <summary>The most tokens of the document that are read; null for all that fit.</summary>
    public int? DocumentTokens { get; init; }
}
