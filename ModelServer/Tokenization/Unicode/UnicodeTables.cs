using System.Globalization;

namespace ModelServer.Tokenization.Unicode;

/// <summary>
/// Unicode facts in the versions the reference library has them, from the embedded UnicodeTables.txt, read once per process.
/// </summary>
internal sealed class UnicodeTables
{
    private const int CodePoints = 0x110000;
    private static readonly Lazy<UnicodeTables> Lazily = new(() => new());
    private readonly CharacterTraits[] _traits = new CharacterTraits[CodePoints];
    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, int[]> _lower = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly List<int> _composed = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];

    private UnicodeTables()
    {
        using var reader = new StreamReader(typeof(UnicodeTables).Assembly.GetManifestResourceStream("ModelServer.UnicodeTables.txt")!);
        var section = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('@')) section = line[1..];
            else if (!line.StartsWith('#')) foreach (var entry in line.Split(' ')) Read(section, entry);
        }

        foreach (var composed in _composed) AddComposition(composed, _canonical[composed]);
        foreach (var c in _compatible.Keys) _traits[c] |= CharacterTraits.DecomposesCompatibly;
        foreach (var c in _classes.Keys.Where(c => !Has(c, CharacterTraits.NonSpacing))) _traits[c] |= CharacterTraits.MovesUnstripped;
        foreach (var (c, parts) in _canonical)
        {
            if (Array.Exists(parts, p => Has(p, CharacterTraits.MovesUnstripped))) _traits[c] |= CharacterTraits.MovesUnstripped;
        }

        for (var c = 0xAC00; c <= 0xD7A3; c++) _traits[c] |= CharacterTraits.Decomposes | CharacterTraits.DecomposesCompatibly;
        for (var c = Hangul.FirstVowel; c <= Hangul.LastTail; c++) _traits[c] |= CharacterTraits.ComposesBackwards;
        foreach (var c in "\t\n\v\f\r \u0085\u00A0\u1680\u2028\u2029\u202F\u205F\u3000") _traits[c] |= CharacterTraits.WhiteSpace;
        for (var c = 0x2000; c <= 0x200A; c++) _traits[c] |= CharacterTraits.WhiteSpace;
    }

    public static UnicodeTables Instance => Lazily.Value;

    public CharacterTraits Traits(int codePoint) => _traits[codePoint];

    public bool Has(int codePoint, CharacterTraits traits) => (_traits[codePoint] & traits) != 0;

    /// <summary>Canonical_Combining_Class; 0 for starters.</summary>
    public int CombiningClass(int codePoint) => Has(codePoint, CharacterTraits.Reorders) ? _classes[codePoint] : 0;

    /// <summary>Lower case without context (no final sigma), one to two code points. Empty: the code point is its own lower case.</summary>
    public ReadOnlySpan<int> Lower(int codePoint) => Has(codePoint, CharacterTraits.Lowers) ? _lower[codePoint] : [];

    /// <summary>The full decomposition; a code point without one is its own.</summary>
    /// <param name="codePoint">What to decompose.</param>
    /// <param name="compatible">Whether compatibility decompositions count too.</param>
    /// <param name="scratch">Room for three, which the answer may use.</param>
    public ReadOnlySpan<int> Decompose(int codePoint, bool compatible, Span<int> scratch)
    {
        if (Hangul.IsSyllable(codePoint)) return scratch[..Hangul.Decompose(codePoint, scratch)];
        if (Has(codePoint, compatible ? CharacterTraits.DecomposesCompatibly : CharacterTraits.Decomposes))
        {
            return compatible && _compatible.TryGetValue(codePoint, out var sequence) ? sequence : _canonical[codePoint];
        }

        scratch[0] = codePoint;
        return scratch[..1];
    }

    public int? Compose(int first, int second) =>
        Hangul.Compose(first, second) ?? (_compositions.TryGetValue((first, second), out var composed) ? composed : null);

    private void Read(string section, string entry)
    {
        var (keys, value) = entry.IndexOf('=') is var i and >= 0 ? (entry[..i], entry[(i + 1)..]) : (entry, "");
        var (first, last, step) = Range(keys);
        var sequence = section is "class" || value.Length == 0 ? [] : value.Split('+').Select(Hex).ToArray();
        for (var c = first; c <= last; c += step)
        {
            _traits[c] |= section switch
            {
                "other" => CharacterTraits.Other,
                "nonspacing" => CharacterTraits.NonSpacing | CharacterTraits.Mark,
                "mark" => CharacterTraits.Mark,
                "punctuation" => CharacterTraits.Punctuation,
                "lower" => CharacterTraits.Lowers,
                "class" => CharacterTraits.Reorders,
                "compose" or "decompose" => CharacterTraits.Decomposes | CharacterTraits.DecomposesCompatibly,
                _ => CharacterTraits.None,
            };
            if (section == "class") _classes[c] = byte.Parse(value, CultureInfo.InvariantCulture);
            if (section == "lower") _lower[c] = sequence.Length == 1 ? [sequence[0] + c - first] : sequence;
            if (section is "compose" or "decompose") _canonical[c] = sequence;
            if (section == "compose") _composed.Add(c);
            if (section == "compatible") _compatible[c] = sequence;
        }
    }

    /// <summary>One step of composition: a full decomposition less its last part composes to <c>first</c>.</summary>
    private void AddComposition(int composed, int[] parts)
    {
        var first = parts.Length == 2 ? parts[0] : _composed.First(c => _canonical[c].AsSpan().SequenceEqual(parts.AsSpan(..^1)));
        _compositions[(first, parts[^1])] = composed;
        _traits[parts[^1]] |= CharacterTraits.ComposesBackwards;
    }

    private static (int First, int Last, int Step) Range(string keys)
    {
        var step = keys.EndsWith("/2", StringComparison.Ordinal) ? 2 : 1;
        var ends = (step == 2 ? keys[..^2] : keys).Split('-');
        return (Hex(ends[0]), Hex(ends[^1]), step);
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
