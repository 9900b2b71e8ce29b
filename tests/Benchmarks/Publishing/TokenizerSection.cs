using Benchmarks.Report;

namespace Benchmarks.Publishing;

/// <summary>Tokenizers on one thread.</summary>
internal sealed class TokenizerSection(Measurements measurements) : ISection
{
    private readonly List<TokenizerRow> _rows = measurements.Tokenizers;

    public string Title => "Tokenizers";

    public bool IsMeasured => _rows.Count > 0;

    public IEnumerable<Claim> Claims()
    {
        return _rows.Select(r => r.Tokenizer).Distinct().Select(name => Claim.Of(
            $"tokenizing, {name}", "MB/s", moreIsBetter: true, All(name, BarKind.Ours), All(name, BarKind.Rival), isHeadline: true)).OfType<Claim>();

        IEnumerable<Measured> All(string name, BarKind kind) => Measured.All(_rows.Where(r => r.Tokenizer == name && SystemKinds.Of(r.System) == kind), r => r.System, r => r.Rounds);
    }

    public IEnumerable<(string File, BarChart Chart)> Charts()
    {
        var bars = (from r in _rows
                    let figure = Figure.Of(r.Rounds)
                    where figure is not null
                    select new Bar($"{Short(r.System)}, {r.Tokenizer}", figure, SystemKinds.Of(r.System))).ToList();
        return bars.Count == 0 ? [] : [("tokenizers.svg", new BarChart("Tokenizing, one thread", "megabytes a second", bars))];
    }

    public string Tables()
    {
        var table = new MarkdownTable(2, "tokenizer", "system", "MB/s", "tokens/s", "tokens of the text");
        foreach (var r in _rows) table.Add(r.Tokenizer, r.System, Figure.Of(r.Rounds)?.ToString(), Figure.Number(r.TokensPerSecond), $"{r.CorpusTokens}");
        return table.ToString();
    }

    private static string Short(string system) => system switch
    {
        "Hugging Face's Rust library" => "HF Rust",
        "@huggingface/transformers (Node)" => "HF Node",
        _ => system,
    };
}
