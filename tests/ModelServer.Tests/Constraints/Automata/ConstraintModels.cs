using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Constraints;
using ModelServer.Constraints.Automata;
using ModelServer.Tests.Tokenization;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;
using Testing;

namespace ModelServer.Tests.Constraints.Automata;

/// <summary>Tokenizers of models, with what their tokens spell.</summary>
internal static class ConstraintModels
{
    private static readonly Dictionary<string, Lazy<(HuggingFaceTokenizer, TokenVocabulary)>> Known = new[] { "stories", "gpt2", "qwen2.5", "llama-2" }.ToDictionary(
        name => name,
        name => new Lazy<(HuggingFaceTokenizer, TokenVocabulary)>(() => Load(name)));

    public static ConstraintMetrics Metrics { get; } = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    /// <param name="name">The shipped <c>stories</c>, or one of the larger fixtures.</param>
    public static (HuggingFaceTokenizer Tokenizer, TokenVocabulary Vocabulary) Get(string name) => Known[name].Value;

    public static CompiledGrammar Compile(Grammar grammar, TokenVocabulary vocabulary) => new(grammar, vocabulary, "test", "response_format", Metrics, CancellationToken.None);

    private static (HuggingFaceTokenizer, TokenVocabulary) Load(string name)
    {
        var folder = name == "stories" ? Path.Combine(RepositoryPaths.Root, "models", "stories", "1") : TokenizerFixtures.Shared(name)!;
        var tokenizer = TokenizerLoader.Load(folder);
        // As graphs have: a few logits that belong to no token.
        return (tokenizer, new(tokenizer, tokenizer.VocabularySize + 13));
    }
}
