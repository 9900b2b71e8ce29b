using System.Diagnostics;
using ModelServer.Tokenization;

namespace ModelServer.Constraints.Automata;

/// <summary>The compiled grammars of one loaded model, by what they say; bounded, the least recently used go. For any thread.</summary>
/// <param name="vocabulary">One more than the highest id that the model has a logit for.</param>
/// <param name="model">For metrics.</param>
internal sealed class ModelConstraints(HuggingFaceTokenizer tokenizer, int vocabulary, string model, ConstraintMetrics metrics)
{
    private const int MostGrammars = 64;

    /// <summary>Of all automata and masks together.</summary>
    private const long MostBytes = 256 << 20;

    // Made with the first grammar: most models never see one.
    private readonly Lazy<TokenVocabulary> _vocabulary = new(() => new(tokenizer, vocabulary));
    private readonly Lock _changing = new();
    private readonly LinkedList<(string Key, Lazy<CompiledGrammar> Grammar)> _recent = [];
    private readonly Dictionary<string, LinkedListNode<(string Key, Lazy<CompiledGrammar> Grammar)>> _known = [];

    /// <summary>The automaton of a grammar. Compiles on the calling thread what nobody has asked for lately; who asks for the same meanwhile waits.</summary>
    /// <inheritdoc cref="AutomatonCompiler.Compile"/>
    public CompiledGrammar Compile(Grammar grammar, string field, CancellationToken cancellationToken)
    {
        var key = GrammarKey.Of(grammar, field);
        var node = Find(key, () => Build(grammar, field, cancellationToken), out var isKnown);
        metrics.Asked(model, isKnown);
        try
        {
            return node.Value;
        }
        catch
        {
            // What failed is not kept: one may have been cancelled, and messages name a field.
            Remove(key, node);
            cancellationToken.ThrowIfCancellationRequested();
            if (!isKnown) throw;
        }

        return Build(grammar, field, cancellationToken);
    }

    private CompiledGrammar Build(Grammar grammar, string field, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var compiled = new CompiledGrammar(grammar, _vocabulary.Value, model, field, metrics, cancellationToken);
        metrics.Compiled(model, Stopwatch.GetElapsedTime(started));
        compiled.ComputeAhead();
        return compiled;
    }

    private Lazy<CompiledGrammar> Find(string key, Func<CompiledGrammar> build, out bool isKnown)
    {
        lock (_changing)
        {
            if (isKnown = _known.TryGetValue(key, out var node))
            {
                _recent.Remove(node!);
                _recent.AddFirst(node!);
                return node!.Value.Grammar;
            }

            node = _known[key] = _recent.AddFirst((key, new(build)));
            while (_recent.Count > MostGrammars || (_recent.Count > 1 && BytesLocked() > MostBytes)) DropLocked(_recent.Last!);
            return node.Value.Grammar;
        }
    }

    private void Remove(string key, Lazy<CompiledGrammar> grammar)
    {
        lock (_changing)
            if (_known.TryGetValue(key, out var node) && node.Value.Grammar == grammar) DropLocked(node);
    }

    private void DropLocked(LinkedListNode<(string Key, Lazy<CompiledGrammar> Grammar)> node)
    {
        _recent.Remove(node);
        _known.Remove(node.Value.Key);
        if (node.Value.Grammar is { IsValueCreated: true, Value: var dropped }) dropped.Drop();
    }

    private long BytesLocked() => _recent.Sum(r => r.Grammar is { IsValueCreated: true, Value: var known } ? known.Automaton.Size + known.Masks.Bytes : 0);
}
