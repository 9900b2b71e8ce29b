using System.Collections.Concurrent;

namespace ModelServer.Constraints.Automata;

/// <summary>The mask parts of one grammar, computed when first needed and shared by all its sequences; bounded, the least recently used go. Any thread
/// looks up, one at a time computes.</summary>
internal sealed class MaskTable(PushdownAutomaton automaton, TokenVocabulary vocabulary, long mostBytes)
{
    private readonly ConcurrentDictionary<(int State, bool IsFirst), Root> _roots = new();
    private readonly Lock _computing = new();
    private readonly MaskWalk _walk = new(automaton, vocabulary);
    private long _bytes, _computed;
    private int _time;

    /// <summary>Bytes of memory that the parts take, about.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Parts computed so far.</summary>
    public long Computed => Volatile.Read(ref _computed);

    /// <summary>Whether all parts of a configuration's mask are there.</summary>
    public bool Has(Configuration configuration, bool isFirst) => Visit(configuration, isFirst, mayCompute: false, []);

    /// <summary>Adds the tokens that may come next to a mask, end tokens aside; what is missing is computed.</summary>
    public void AddTo(Span<ulong> mask, Configuration configuration, bool isFirst) => Visit(configuration, isFirst, mayCompute: true, mask);

    /// <summary>Computes what is missing of a configuration's mask.</summary>
    public void Compute(Configuration configuration, bool isFirst) => Visit(configuration, isFirst, mayCompute: true, []);

    private bool Visit(Configuration configuration, bool isFirst, bool mayCompute, Span<ulong> mask)
    {
        foreach (var (state, stacks) in configuration.Items)
        {
            var key = (automaton.LikeOf(state), isFirst && vocabulary.FirstTrie != vocabulary.Trie);
            if (!_roots.TryGetValue(key, out var root))
            {
                if (!mayCompute) return false;
                root = ComputeTop(key);
            }

            root.UsedAt = Volatile.Read(ref _time);
            if (!Visit(root, root.Part, stacks, isFirst, mayCompute, mask)) return false;
        }

        return true;
    }

    /// <summary>A part, and those of the states that stacks say it may return to.</summary>
    private bool Visit(Root root, MaskPart part, StackSet stacks, bool isFirst, bool mayCompute, Span<ulong> mask)
    {
        if (!mask.IsEmpty) part.AddTo(mask);
        if (part.Escapes.Length == 0) return true;
        foreach (var (state, below) in stacks.Frames)
        {
            if (!part.Below.TryGetValue(automaton.LikeOf(state), out var next))
            {
                if (!mayCompute) return false;
                next = ComputeBelow(root, part, automaton.LikeOf(state), isFirst);
            }

            if (!Visit(root, next, below, isFirst, mayCompute, mask)) return false;
        }

        return true;
    }

    private Root ComputeTop((int State, bool IsFirst) key)
    {
        lock (_computing)
        {
            if (_roots.TryGetValue(key, out var known)) return known;
            var root = new Root(_walk.Top(TrieOf(key.IsFirst), key.State));
            _roots[key] = root;
            CountLocked(root, root.Part);
            return root;
        }
    }

    private MaskPart ComputeBelow(Root root, MaskPart part, int state, bool isFirst)
    {
        lock (_computing)
        {
            if (part.Below.TryGetValue(state, out var known)) return known;
            var next = part.Below[state] = _walk.Below(TrieOf(isFirst), part.Escapes, state);
            CountLocked(root, next);
            return next;
        }
    }

    private TokenTrie TrieOf(bool isFirst) => isFirst ? vocabulary.FirstTrie : vocabulary.Trie;

    private void CountLocked(Root root, MaskPart part)
    {
        _computed++;
        _time++;
        root.UsedAt = _time;
        // One that has gone is in use by whoever found it, and no longer counted.
        if (root.IsGone) return;
        root.Bytes += part.Size;
        _bytes += part.Size;
        if (_bytes <= mostBytes) return;
        foreach (var (key, old) in _roots.OrderBy(r => r.Value.UsedAt).ToArray())
        {
            if (_bytes <= mostBytes / 4 * 3 || old == root) break;
            _roots.TryRemove(key, out _);
            old.IsGone = true;
            _bytes -= old.Bytes;
        }
    }

    /// <summary>The part of a state on top, with all below it.</summary>
    private sealed class Root(MaskPart part)
    {
        public MaskPart Part => part;

        public long Bytes { get; set; }

        public int UsedAt { get; set; }

        public bool IsGone { get; set; }
    }
}
