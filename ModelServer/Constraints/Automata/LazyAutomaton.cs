using System.Runtime.InteropServices;

namespace ModelServer.Constraints.Automata;

/// <summary>Configurations of an automaton above nothing that is known, numbered, with a table of where bytes lead: filled as it is walked, so that what is
/// walked often costs one look-up a byte. For one thread at a time.</summary>
internal sealed class LazyAutomaton(PushdownAutomaton automaton)
{
    /// <summary>In a row, for a byte that leads nowhere.</summary>
    public const int Dead = -1;

    /// <summary>Entries of all rows together; beyond, it is emptied before the next walk.</summary>
    private const long MostEntries = 2_000_000;

    private const int Unknown = 0;

    private readonly Dictionary<Configuration, int> _ids = new(ByItems.Instance);
    private readonly List<Configuration?> _configurations = [null];
    private int[][] _rows = new int[64][];
    private Traits[] _traits = new Traits[64];
    private ConfigurationStepper _stepper = new(automaton, new());

    [Flags]
    public enum Traits : byte
    {
        None = 0,

        /// <summary>What is not known may be returned to.</summary>
        MayEnd = 1,

        /// <summary>More bytes may come before that.</summary>
        GoesOn = 2,
    }

    public Configuration this[int id] => _configurations[id]!;

    public Traits Of(int id) => _traits[id];

    /// <summary>Forgets all where that has become too much; no id is valid any more.</summary>
    public void Trim()
    {
        if ((long)_ids.Count * automaton.Classes.Count < MostEntries && _stepper.Pool.Count < 100_000) return;
        _ids.Clear();
        _configurations.RemoveRange(1, _configurations.Count - 1);
        _stepper = new(automaton, new());
    }

    public int In(int state) => IdOf(_stepper.In(state));

    /// <returns>The configuration behind a byte of a class, or <see cref="Dead"/>.</returns>
    public int Next(int id, int symbol)
    {
        // The table of rows may grow meanwhile, not the row.
        var row = _rows[id];
        if (row[symbol] is not Unknown and var next) return next;
        var configuration = _stepper.Step(_configurations[id]!, symbol);
        return row[symbol] = configuration.IsDead ? Dead : IdOf(configuration);
    }

    private int IdOf(Configuration configuration)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, configuration, out var exists);
        if (exists) return id;
        id = _configurations.Count;
        _configurations.Add(configuration);
        if (id == _rows.Length)
        {
            Array.Resize(ref _rows, 2 * id);
            Array.Resize(ref _traits, 2 * id);
        }

        _rows[id] = new int[automaton.Classes.Count];
        _traits[id] = (configuration.MayEnd ? Traits.MayEnd : 0) | (configuration.Items.Length > 0 ? Traits.GoesOn : 0);
        return id;
    }

    /// <summary>All that a configuration is follows from its items and whether the text may end.</summary>
    private sealed class ByItems : IEqualityComparer<Configuration>
    {
        public static ByItems Instance { get; } = new();

        public bool Equals(Configuration? x, Configuration? y) => x!.MayEnd == y!.MayEnd && x.Items.AsSpan().SequenceEqual(y.Items);

        public int GetHashCode(Configuration configuration)
        {
            var hash = new HashCode();
            hash.Add(configuration.MayEnd);
            foreach (var item in configuration.Items)
            {
                hash.Add(item.State);
                hash.Add(item.Stacks.Id);
            }

            return hash.ToHashCode();
        }
    }
}
