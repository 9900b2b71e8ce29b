using System.Text;

namespace Benchmarks.Publishing;

/// <summary>A table of a Markdown document.</summary>
/// <param name="leftColumns">How many columns hold words; numbers stand to the right.</param>
internal sealed class MarkdownTable(int leftColumns, params string[] header)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(c => c ?? "")]);

    public override string ToString()
    {
        var text = new StringBuilder();
        Line(header);
        Line([.. header.Select((_, column) => column < leftColumns ? "---" : "---:")]);
        foreach (var row in _rows) Line(row);
        return text.ToString();

        void Line(string[] cells) => text.Append("| ").AppendJoin(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }
}
