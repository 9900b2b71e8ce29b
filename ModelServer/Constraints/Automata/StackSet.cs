using System.Runtime.CompilerServices;

namespace ModelServer.Constraints.Automata;

/// <summary>A set of stacks, as a graph that shares what they have in common: a frame says where a call goes on, and which stacks may lie below it.
/// Immutable; two of one pool that hold the same stacks are one object.</summary>
internal sealed class StackSet(int id, bool hasBottom, StackFrame[] frames)
{
    public int Id => id;

    /// <summary>Whether the empty stack is one of them.</summary>
    public bool HasBottom => hasBottom;

    /// <summary>By state, each once.</summary>
    public StackFrame[] Frames => frames;
}

internal readonly record struct StackFrame(int State, StackSet Below);

/// <summary>Too many ways to read the text so far.</summary>
internal sealed class ConstraintException(string message) : Exception(message);

/// <summary>Makes sets of stacks. For one thread at a time.</summary>
internal sealed class StackPool
{
    private const int MostSets = 400_000;
    private readonly Dictionary<StackSet, StackSet> _sets = new(ByContent.Instance);
    private readonly Dictionary<(int, int), StackSet> _unions = [];

    public StackPool() => Bottom = Get(hasBottom: true, []);

    /// <summary>The empty stack alone.</summary>
    public StackSet Bottom { get; }

    public int Count => _sets.Count;

    /// <summary>The stacks of a set with a frame upon each.</summary>
    public StackSet Push(int state, StackSet below) => Get(hasBottom: false, [new(state, below)]);

    /// <exception cref="ConstraintException">There are too many ways to read the text.</exception>
    public StackSet Union(StackSet a, StackSet b)
    {
        if (a == b) return a;
        var key = a.Id < b.Id ? (a.Id, b.Id) : (b.Id, a.Id);
        if (_unions.TryGetValue(key, out var known)) return known;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw TooMany();
        var frames = new List<StackFrame>(a.Frames.Length + b.Frames.Length);
        var (i, j) = (0, 0);
        while (i < a.Frames.Length && j < b.Frames.Length)
        {
            var (one, other) = (a.Frames[i], b.Frames[j]);
            if (one.State == other.State) frames.Add(new(one.State, Union(one.Below, other.Below)));
            else frames.Add(one.State < other.State ? one : other);
            if (one.State <= other.State) i++;
            if (other.State <= one.State) j++;
        }

        frames.AddRange(a.Frames.AsSpan(i));
        frames.AddRange(b.Frames.AsSpan(j));
        return _unions[key] = Get(a.HasBottom || b.HasBottom, [.. frames]);
    }

    private StackSet Get(bool hasBottom, StackFrame[] frames)
    {
        var set = new StackSet(_sets.Count, hasBottom, frames);
        if (_sets.TryGetValue(set, out var known)) return known;
        if (_sets.Count >= MostSets) throw TooMany();
        _sets.Add(set, set);
        return set;
    }

    private static ConstraintException TooMany() => new("The grammar can read the text in too many ways.");

    private sealed class ByContent : IEqualityComparer<StackSet>
    {
        public static ByContent Instance { get; } = new();

        public bool Equals(StackSet? x, StackSet? y) => x!.HasBottom == y!.HasBottom && x.Frames.AsSpan().SequenceEqual(y.Frames);

        public int GetHashCode(StackSet set)
        {
            var hash = new HashCode();
            hash.Add(set.HasBottom);
            foreach (var frame in set.Frames)
            {
                hash.Add(frame.State);
                hash.Add(frame.Below.Id);
            }

            return hash.ToHashCode();
        }
    }
}
