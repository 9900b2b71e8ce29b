using ModelServer.Sampling;

namespace ModelServer.Constraints.Automata;

/// <summary>Where one sequence is in its grammar. When a token has come, the next mask is computed on another thread if it is not known, while the engine
/// runs the next step.</summary>
internal sealed class GrammarConstraint : ITokenConstraint
{
    private readonly CompiledGrammar _grammar;
    private readonly ConfigurationStepper _stepper;
    private readonly IReadOnlyList<int> _endTokens;
    private readonly bool _skipsSpecialTokens;
    private readonly ulong[] _mask;
    private Configuration _configuration;
    private MaskJob? _job;
    private bool _isFirst = true;
    private bool _isMasked;

    public GrammarConstraint(CompiledGrammar grammar, IReadOnlyList<int> endTokens, bool skipsSpecialTokens)
    {
        (_grammar, _endTokens, _skipsSpecialTokens) = (grammar, endTokens, skipsSpecialTokens);
        _stepper = new(grammar.Automaton, new());
        _mask = new ulong[(grammar.Vocabulary.Size + 63) / 64];
        _configuration = _stepper.Start();
        Prepare();
    }

    public bool MayEnd => _configuration.MayEnd;

    public bool IsComplete => _configuration is { MayEnd: true, Items.Length: 0 };

    public ReadOnlySpan<ulong> Allowed
    {
        get
        {
            if (_isMasked) return _mask;
            var source = _job is null ? MaskSource.Known : _job.Finish() ? MaskSource.Ahead : MaskSource.Waited;
            _job = null;
            Array.Clear(_mask);
            _grammar.Masks.AddTo(_mask, _configuration, _isFirst);
            if (MayEnd)
                foreach (var id in _endTokens) _mask[id >> 6] |= 1UL << id;
            _grammar.Looked(source);
            // Where the text is whole and there is no end token, the sequence has ended already.
            if (!IsComplete && _mask.AsSpan().IndexOfAnyExcept(0UL) < 0)
                throw new ConstraintException("No token of the model's spells what the grammar demands here.");
            _isMasked = true;
            return _mask;
        }
    }

    public void Accept(int token)
    {
        var bytes = _grammar.Vocabulary.BytesOf(token, _isFirst);
        var next = bytes.IsEmpty ? _stepper.StepSpecial(_configuration, token) : _configuration;
        foreach (var b in bytes) next = _stepper.Step(next, _grammar.Automaton.Classes.Of[b]);
        if (next.IsDead) throw new ConstraintException($"The grammar does not allow token {token} here.");
        _configuration = next;
        _isFirst &= bytes.IsEmpty && _skipsSpecialTokens;
        Prepare();
    }

    private void Prepare()
    {
        _isMasked = false;
        _job = null;
        if (IsComplete || _grammar.Masks.Has(_configuration, _isFirst)) return;
        _job = new(_grammar.Masks, _configuration, _isFirst);
        ThreadPool.UnsafeQueueUserWorkItem(_job, preferLocal: false);
    }
}
