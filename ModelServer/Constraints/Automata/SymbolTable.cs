namespace ModelServer.Constraints.Automata;

/// <summary>Numbers what edges of automata ask for: classes of bytes first, then procedures, then special tokens.</summary>
internal sealed class SymbolTable
{
    private readonly Dictionary<(int First, int Last), int[]> _ranges = [];
    private readonly List<int> _specials = [];
    private readonly int _procedures;

    /// <param name="usable">Bytes that some token of the vocabulary has: no other can come.</param>
    public SymbolTable(IReadOnlyList<Procedure> procedures, ReadOnlySpan<bool> usable)
    {
        _procedures = procedures.Count;
        var ranges = new HashSet<(int, int)>();
        foreach (var nfa in procedures.Select(p => p.Nfa).OfType<Nfa>())
        {
            for (var state = 0; state < nfa.Count; state++)
            {
                foreach (var edge in nfa.From(state))
                {
                    if (edge.Kind == EdgeKind.Bytes && ranges.Add((edge.A, edge.B))) Classes.Split(edge.A, edge.B);
                    if (edge.Kind == EdgeKind.Special && !_specials.Contains(edge.A)) _specials.Add(edge.A);
                }
            }
        }

        for (var b = 0; b < 256; b++)
            if (!usable[b]) Classes.Split(b, b);
        foreach (var (first, last) in ranges) _ranges[(first, last)] = Usable(Classes.Within(first, last), usable);
    }

    public ByteClasses Classes { get; } = new();

    public bool IsByte(int symbol) => symbol < Classes.Count;

    public bool IsCall(int symbol) => symbol >= Classes.Count && symbol < Classes.Count + _procedures;

    public int CallOf(int procedure) => Classes.Count + procedure;

    public int ProcedureOf(int symbol) => symbol - Classes.Count;

    public int TokenOf(int symbol) => _specials[symbol - Classes.Count - _procedures];

    /// <summary>What an edge asks for: several symbols where a range has several classes.</summary>
    public ReadOnlySpan<int> Of(NfaEdge edge) => edge.Kind switch
    {
        EdgeKind.Bytes => _ranges[(edge.A, edge.B)],
        EdgeKind.Call => (int[])[CallOf(edge.A)],
        EdgeKind.Special => (int[])[Classes.Count + _procedures + _specials.IndexOf(edge.A)],
        _ => [],
    };

    private int[] Usable(int[] classes, ReadOnlySpan<bool> usable)
    {
        var kept = new List<int>();
        foreach (var one in classes)
            if (usable[Classes.Of.IndexOf((byte)one)]) kept.Add(one);
        return [.. kept];
    }
}
