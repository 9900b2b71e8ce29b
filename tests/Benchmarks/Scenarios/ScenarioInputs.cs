using Benchmarks.Corpus;
using Benchmarks.Models;
using ModelServer.Tokenization.Files;

namespace Benchmarks.Scenarios;

/// <summary>What scenarios need. Texts and models are prepared when first asked for: a scenario without them starts at once.</summary>
internal sealed class ScenarioInputs
{
    private readonly Lazy<(TextCorpus Sentences, TextCorpus Mix)> _texts = new(ReadTexts);
    private readonly Lazy<ModelVariant[]> _variants;

    public ScenarioInputs(BenchmarkOptions options)
    {
        Options = options;
        _variants = new(() => [.. ModelStore.Prepare(options.Models).Where(v => options.Precisions.Contains(v.Precision))]);
    }

    public BenchmarkOptions Options { get; }

    public TextCorpus Sentences => _texts.Value.Sentences;

    /// <summary>The loads that the options name.</summary>
    public TextCorpus[] Corpora => [.. Options.Loads.Select(l => l == "mix" ? _texts.Value.Mix : Sentences)];

    /// <summary>The models that the options name, in each precision that they name.</summary>
    public IReadOnlyList<ModelVariant> Variants => _variants.Value;

    private static (TextCorpus Sentences, TextCorpus Mix) ReadTexts()
    {
        var tokenizer = TokenizerLoader.Load(ModelStore.Shipped);
        var sentences = TextCorpus.Sentences(tokenizer);
        var mix = TextCorpus.LengthMix(tokenizer, sentences.Texts);
        TextCorpus.WriteIds(ModelStore.IdsFile, sentences, mix);
        return (sentences, mix);
    }
}
