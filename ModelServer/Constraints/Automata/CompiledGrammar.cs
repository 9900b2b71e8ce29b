using System.Diagnostics;

namespace ModelServer.Constraints.Automata;

/// <summary>A grammar ready to constrain the sequences of one model: its automaton and the masks known so far. For any thread.</summary>
internal sealed class CompiledGrammar
{
    /// <summary>Of masks, for one grammar: above 1,000 for a vocabulary of 150,000 tokens.</summary>
    private const long MostMaskBytes = 24 << 20;

    /// <summary>Masks computed ahead take no more of one core.</summary>
    private static readonly TimeSpan MostAhead = TimeSpan.FromMilliseconds(250);

    private readonly string _model;
    private readonly ConstraintMetrics _metrics;
    private volatile bool _isDropped;

    /// <exception cref="InvalidFieldException">The grammar cannot be enforced.</exception>
    /// <inheritdoc cref="AutomatonCompiler.Compile"/>
    public CompiledGrammar(Grammar grammar, TokenVocabulary vocabulary, string model, string field, ConstraintMetrics metrics, CancellationToken cancellationToken)
    {
        (_model, _metrics, Vocabulary) = (model, metrics, vocabulary);
        Automaton = AutomatonCompiler.Compile(grammar, vocabulary, field, cancellationToken);
        Masks = new(Automaton, vocabulary, MostMaskBytes);
        var start = new ConfigurationStepper(Automaton, new()).Start();
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        Masks.AddTo(mask, start, isFirst: true);
        if (!start.MayEnd && mask.AsSpan().IndexOfAnyExcept(0UL) < 0)
            throw new InvalidFieldException(field, $"The grammar of {field} has no text that the model's tokenizer can spell.");
    }

    public PushdownAutomaton Automaton { get; }

    public TokenVocabulary Vocabulary { get; }

    public MaskTable Masks { get; }

    /// <summary>Begins a text.</summary>
    /// <param name="endTokens">Tokens that may end it, exactly where it may end.</param>
    /// <param name="skipsSpecialTokens">Whether special tokens are left out of the text, so that the first token behind one is still the first.</param>
    public GrammarConstraint Begin(IReadOnlyList<int> endTokens, bool skipsSpecialTokens) => new(this, endTokens, skipsSpecialTokens);

    /// <summary>Begins to compute the masks of the states nearest to the start, on another thread.</summary>
    public void ComputeAhead() => ThreadPool.UnsafeQueueUserWorkItem(static grammar => grammar.Ahead(), this, preferLocal: false);

    /// <summary>Nobody asks for it any more: nothing is computed ahead.</summary>
    public void Drop() => _isDropped = true;

    public void Looked(MaskSource source) => _metrics.Masked(_model, source);

    private void Ahead()
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            var stepper = new ConfigurationStepper(Automaton, new());
            var seen = new HashSet<string>();
            var open = new Queue<Configuration>([stepper.Start()]);
            while (open.TryDequeue(out var next) && !_isDropped && Stopwatch.GetElapsedTime(started) < MostAhead)
            {
                Masks.Compute(next, isFirst: false);
                for (var symbol = 0; symbol < Automaton.Classes.Count; symbol++)
                {
                    var after = stepper.Step(next, symbol);
                    if (!after.IsDead && seen.Add(string.Join(',', after.Items.Select(i => i.State)))) open.Enqueue(after);
                }
            }
        }
        catch (Exception)
        {
            // Whoever comes here decoding tries again, and is told; on a thread of the pool it would end the process.
        }
    }
}
