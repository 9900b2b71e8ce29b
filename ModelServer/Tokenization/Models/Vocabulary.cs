using ModelServer.Tokenization.Json;

namespace ModelServer.Tokenization.Models;

/// <summary>Tokens and their ids, each unique. Ids need not be dense.</summary>
internal sealed class Vocabulary
{
    /// <summary>The highest id accepted: four times the largest vocabulary known, so that a wrong file cannot ask for all memory.</summary>
    public const int MaxId = (1 << 22) - 1;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly string?[] _tokens;

    /// <exception cref="InvalidTokenizerException">An id or a token occurs twice, or an id is out of range.</exception>
    public Vocabulary(IReadOnlyCollection<KeyValuePair<string, int>> entries, string source)
    {
        _ids = new(entries.Count, StringComparer.Ordinal);
        var highest = -1;
        foreach (var (token, id) in entries)
        {
            if (id is < 0 or > MaxId) throw new InvalidTokenizerException($"{source}: '{token}' has id {id}; ids go from 0 to {MaxId}");
            if (!_ids.TryAdd(token, id)) throw new InvalidTokenizerException($"{source}: token '{token}' occurs twice");
            highest = Math.Max(highest, id);
        }

        _tokens = new string?[highest + 1];
        foreach (var (token, id) in entries)
        {
            if (_tokens[id] is { } other) throw new InvalidTokenizerException($"{source}: id {id} belongs to '{other}' and to '{token}'");
            _tokens[id] = token;
        }

        _bySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>A list whose places are the ids. A token that stands in it more than once is known by the last of its ids.</summary>
    public Vocabulary(string[] tokens, string source)
    {
        if (tokens.Length > MaxId) throw new InvalidTokenizerException($"{source} has {tokens.Length} tokens; ids go from 0 to {MaxId}");
        _ids = new(tokens.Length, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Length; id++) _ids[tokens[id]] = id;
        _tokens = tokens;
        _bySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _ids.Count;

    /// <summary>One more than the highest id.</summary>
    public int IdLimit => _tokens.Length;

    public IReadOnlyDictionary<string, int> Ids => _ids;

    public int? IdOf(ReadOnlySpan<char> token) => _bySpan.TryGetValue(token, out var id) ? id : null;

    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;
}
