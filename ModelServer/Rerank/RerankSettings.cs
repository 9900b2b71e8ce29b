using ModelServer.Encoders;
using ModelServer.ModelFiles;

namespace ModelServer.Rerank;

/// <summary>How a version reads query and document, and where in the graph's output its judgement is.</summary>
/// <param name="Prompt">Null where query and document are read as a pair.</param>
/// <param name="Answers">For a model that goes on with a text: the tokens for yes and for no. Null where the graph gives one number.</param>
internal sealed record RerankSettings(RerankPrompt? Prompt, (int Yes, int No)? Answers)
{
    /// <param name="vocabulary">Numbers that a model which goes on with a text has for a token.</param>
    public OutputChoice Output(int vocabulary) => Answers is null ? new(["logits"], 2) : new(["logits"], 3) { Width = vocabulary };

    /// <summary>A logit: the sigmoid of the difference of two logits is the softmax over both.</summary>
    public RowReader Reader => Answers is not { } answers ? RowReaders.Copy : row =>
    {
        var last = row.Token(row.Tokens - 1);
        if (Math.Max(answers.Yes, answers.No) >= last.Length) throw new ModelLoadException($"The graph gives {last.Length} logits for a token: none for the answers of serving.json.");
        return [last[answers.Yes] - last[answers.No]];
    };

    /// <exception cref="ModelLoadException"><c>serving.json</c> asks for what cannot be.</exception>
    public static RerankSettings Read(ModelSource source)
    {
        var config = source.Serving.Rerank;
        var prompt = RerankPrompt.Read(config);
        if (config is not { Yes: not null } && config is not { No: not null })
        {
            return source.Config.Is("ForCausalLM")
                ? throw new ModelLoadException("serving.json: a model that goes on with a text ranks by its answer: rerank needs template, yes and no.")
                : new(prompt, null);
        }

        if (config is not { Yes: { } yes, No: { } no } || prompt is null) throw new ModelLoadException("serving.json: rerank.yes and rerank.no go together, and with rerank.template.");
        var answers = (Token(source, yes), Token(source, no));
        return answers.Item1 != answers.Item2 ? new(prompt, answers) : throw new ModelLoadException("serving.json: rerank.yes and rerank.no are the same token.");
    }

    private static int Token(ModelSource source, string text)
        => source.Tokenizer.TokenToId(text) ?? (source.Tokenizer.Encode(text, addSpecialTokens: false).Ids is [var only] ? only : throw new ModelLoadException($"serving.json: '{text}' of rerank is not one token."));
}
