using System.Buffers.Binary;
using System.Text;
using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tests.Tokenization;

/// <summary>Makes SentencePiece's precompiled maps of characters.</summary>
internal static class SmallCharacterMap
{
    private static readonly (int First, int Last)[] Compatible = [(0xA0, 0x24F), (0x2B0, 0x3FF), (0x1E00, 0x33FF), (0xA69C, 0xA7FF), (0xAC00, 0xAC80), (0xF900, 0xFFEF), (0x1D400, 0x1D7FF), (0x1F100, 0x1F2FF)];

    /// <summary>Compatibility composition, white space to spaces, controls to nothing: as "nmt_nfkc", which most published models have.</summary>
    public static Dictionary<string, string> NmtNfkc()
    {
        var rules = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (first, last) in Compatible)
        {
            for (var c = first; c <= last; c++)
            {
                var text = char.ConvertFromUtf32(c);
                var (composed, decomposed) = (Form(text, compatible: true, compose: true), Form(text, compatible: false, compose: false));
                if (composed != text) rules[text] = composed;
                if (decomposed != text) rules[decomposed] = composed;
            }
        }

        foreach (var c in "\t\n\r\u00A0\u1680\u2000\u2001\u2009\u200B\u200E\u2028\u202F\u205F\u2060\u3000\uFEFF\uFFFD") rules[c.ToString()] = " ";
        foreach (var c in Enumerable.Range(1, 0x1F).Except([9, 10, 13]).Append(0x7F).Append(0x8F)) rules[((char)c).ToString()] = "";
        return rules;
    }

    /// <summary>Keys that published maps do not have: letters, what a mark follows, two lengths of one beginning, line ends, and texts of several characters and of none.</summary>
    public static Dictionary<string, string> Odd() => new(StringComparer.Ordinal)
    {
        ["e"] = "E",
        ["a\u0301"] = "",
        ["\r\n"] = "<nl>",
        ["\n"] = "",
        ["th"] = "þ",
        ["👍"] = "+1",
        ["👨"] = "",
        ["©"] = "(c)",
        ["é"] = "e\u0301\u0301",
        ["न"] = "n",
        ["ก"] = "",
        ["한"] = "한국",
        ["x"] = "",
        ["xy"] = "z",
        ["\u0301"] = "'",
        ["中"] = "🎉🎉",
        ["\u1112"] = "h",
        ["\u200D"] = "-",
        ["B\u0308\u0308"] = "b",
        ["\u0600"] = "P",
        ["\u0903"] = "s",
    };

    public static string Base64(Dictionary<string, string> rules) => Convert.ToBase64String(Bytes(rules));

    /// <summary>The length of the trie, the trie, the texts.</summary>
    public static byte[] Bytes(Dictionary<string, string> rules)
    {
        var (texts, places) = (new MemoryStream(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var text in rules.Values.Distinct())
        {
            places[text] = (int)texts.Length;
            texts.Write(Encoding.UTF8.GetBytes($"{text}\0"));
        }

        (byte[] Key, int Value)[] keys = [.. rules.Select(r => (Encoding.UTF8.GetBytes(r.Key), places[r.Value]))];
        Array.Sort(keys, (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        var units = new Trie().Build(keys);
        var map = new byte[4 + 4 * units.Count];
        BinaryPrimitives.WriteInt32LittleEndian(map, 4 * units.Count);
        for (var i = 0; i < units.Count; i++) BinaryPrimitives.WriteUInt32LittleEndian(map.AsSpan(4 + 4 * i), units[i]);
        return [.. map, .. texts.ToArray()];
    }

    private static string Form(string text, bool compatible, bool compose)
    {
        var normalized = new NormalizedText();
        normalized.Load(text, 0);
        new UnicodeFormNormalizer(compatible, compose).Normalize(normalized);
        return new(normalized.Chars);
    }

    /// <summary>A double array as Darts-clone lays it out: a node's children stand at its base xor their label, and no two nodes have one base.</summary>
    private sealed class Trie
    {
        private readonly List<uint> _units = [.. new uint[256]];
        private readonly List<bool> _used = [.. new bool[256]], _bases = [.. new bool[256]];
        private int _from;

        public List<uint> Build(ReadOnlySpan<(byte[] Key, int Value)> keys)
        {
            _used[0] = true;
            Place(0, keys, 0);
            return _units;
        }

        private void Place(int place, ReadOnlySpan<(byte[] Key, int Value)> keys, int depth)
        {
            var labels = new List<byte>();
            foreach (var (key, _) in keys)
            {
                var label = key.Length == depth ? (byte)0 : key[depth];
                if (labels.Count == 0 || labels[^1] != label) labels.Add(label);
            }

            var start = Base(labels);
            _bases[start] = true;
            foreach (var label in labels) _used[start ^ label] = true;
            _units[place] |= (uint)(place ^ start) << 10 | (labels[0] == 0 ? 0x100u : 0);
            if (labels[0] == 0)
            {
                _units[start] = (uint)keys[0].Value | 1u << 31;
                keys = keys[1..];
            }

            while (keys.Length > 0)
            {
                var (label, count) = (keys[0].Key[depth], 1);
                while (count < keys.Length && keys[count].Key[depth] == label) count++;
                _units[start ^ label] = label;
                Place(start ^ label, keys[..count], depth + 1);
                keys = keys[count..];
            }
        }

        private int Base(List<byte> labels)
        {
            // Where little is free, looking further costs more than the room it saves.
            const int tries = 2048;
            if (_used.Count - _from > tries) _from = _used.Count - 256;
            for (var start = _from; ; start++)
            {
                for (; start >= _units.Count; _units.AddRange(new uint[256]))
                {
                    _used.AddRange(new bool[256]);
                    _bases.AddRange(new bool[256]);
                }

                if (!_bases[start] && !labels.Exists(l => _used[start ^ l])) return start;
            }
        }
    }
}
