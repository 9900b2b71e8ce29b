using System.Text;
using ModelServer.Tokenization;

namespace ModelServer.Constraints.Automata;

/// <summary>What the tokens of a model spell. Added tokens, special or not, spell nothing: a grammar names them one by one.</summary>
internal sealed class TokenVocabulary
{
    private readonly HuggingFaceTokenizer _tokenizer;
    private readonly byte[]?[] _bytes, _firstBytes;

    /// <param name="size">One more than the highest id that the model has a logit for.</param>
    public TokenVocabulary(HuggingFaceTokenizer tokenizer, int size)
    {
        (_tokenizer, Size) = (tokenizer, size);
        _bytes = new byte[]?[size];
        _firstBytes = new byte[]?[size];
        var differs = false;
        var anchor = FindAnchor();
        for (var id = 0; id < Math.Min(size, tokenizer.VocabularySize); id++)
        {
            if (tokenizer.IsAdded(id) || id == tokenizer.UnknownId || tokenizer.IdToToken(id) is null) continue;
            _bytes[id] = tokenizer.BytesOf(id) ?? Behind(anchor, id);
            _firstBytes[id] = First(id);
            differs |= !_bytes[id].AsSpan().SequenceEqual(_firstBytes[id]);
        }

        Trie = new(_bytes);
        if (!differs) _firstBytes = _bytes;
        FirstTrie = differs ? new(_firstBytes) : Trie;
        foreach (var bytes in _bytes)
            foreach (var b in bytes ?? []) UsableBytes[b] = true;
    }

    /// <summary>Bits of a mask.</summary>
    public int Size { get; }

    public TokenTrie Trie { get; }

    /// <summary>For the beginning of a text: some decoders leave out a space there. The same object where it makes no difference.</summary>
    public TokenTrie FirstTrie { get; }

    /// <summary>For each byte, whether some token has it.</summary>
    public bool[] UsableBytes { get; } = new bool[256];

    /// <summary>Bytes.</summary>
    public int LongestToken => Math.Max(Trie.LongestToken, FirstTrie.LongestToken);

    /// <summary>The bytes of a token; none for one that spells nothing.</summary>
    /// <param name="isFirst">Whether no token of the text came before it.</param>
    public ReadOnlySpan<byte> BytesOf(int id, bool isFirst) => (isFirst ? _firstBytes : _bytes)[id];

    /// <summary>The added token of a content, or null.</summary>
    public int? SpecialToken(string content) => _tokenizer.TokenToId(content) is { } id && id < Size && _tokenizer.IsAdded(id) ? id : null;

    private byte[] First(int id)
    {
        // Bytes that are no whole character are never what a decoder leaves out.
        if (_bytes[id] is not { } bytes || Array.Exists(bytes, b => b > 127 && _tokenizer.BytesOf(id) is not null)) return _bytes[id] ?? [];
        return Encoding.UTF8.GetBytes(_tokenizer.Decode([id], skipSpecialTokens: false));
    }

    private byte[] Behind(int? anchor, int id)
    {
        if (anchor is not { } before) return Encoding.UTF8.GetBytes(_tokenizer.Decode([id], skipSpecialTokens: false));
        var start = _tokenizer.Decode([before], skipSpecialTokens: false);
        var both = _tokenizer.Decode([before, id], skipSpecialTokens: false);
        return both.StartsWith(start, StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(both[start.Length..]) : [];
    }

    /// <summary>A token behind which others spell what they spell within a text.</summary>
    private int? FindAnchor()
    {
        for (var id = 0; id < Math.Min(Size, _tokenizer.VocabularySize); id++)
        {
            if (_tokenizer.IsAdded(id) || id == _tokenizer.UnknownId || _tokenizer.IdToToken(id) is not { Length: > 0 } token) continue;
            if (token.All(char.IsAsciiLetter) && _tokenizer.Decode([id], skipSpecialTokens: false) == token) return id;
        }

        return null;
    }
}
