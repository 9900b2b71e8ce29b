using ModelServer.Tokenization.AddedTokens;
using ModelServer.Tokenization.Models;
using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.PreTokenizers;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization;

/// <summary>The way of a text to tokens: added tokens, normalizer, pre-tokenizer, model. Thread-safe: buffers are passed in.</summary>
internal sealed class TokenizationPipeline(
    ITextNormalizer? normalizer, AddedVocabulary added, IPreTokenizer? preTokenizer, ITokenModel model)
{
    private readonly WordCache _words = new(model);

    public ITokenModel Model => model;

    public AddedVocabulary Added => added;

    /// <summary>The most tokens that can come of one unit of text; added tokens so short that prefixes outweigh them count as prefixes.</summary>
    public long MaxExpansion(bool ascii) =>
        (long)(normalizer?.MaxExpansion(ascii) ?? 1) * (preTokenizer?.MaxExpansion(ascii) ?? 1) * model.MaxTokens(ascii)
        + (added.Shortest > MaxPrefix ? 0 : MaxPrefix);

    /// <summary>The most tokens that can come of what is put before a text.</summary>
    public int MaxPrefix =>
        ((normalizer?.MaxPrefix ?? 0) * (preTokenizer?.MaxExpansion(ascii: false) ?? 1) + (preTokenizer?.MaxPrefix ?? 0)) * model.MaxTokens(ascii: false);

    /// <summary>Tokenizes into <see cref="TokenizationBuffers.Pieces"/>, whose ranges are of <paramref name="text"/>.</summary>
    /// <param name="text">Any UTF-16 text; lone surrogates count as U+FFFD.</param>
    /// <param name="buffers">Scratch space for this call alone.</param>
    /// <param name="enough">Stop once there are this many tokens.</param>
    /// <param name="steps">What not to leave out.</param>
    /// <param name="plain">Parts of which no special token takes anything, in order.</param>
    public PieceList Tokenize(
        ReadOnlySpan<char> text, TokenizationBuffers buffers, int enough = int.MaxValue, PipelineSteps steps = PipelineSteps.All, ReadOnlySpan<TextSpan> plain = default)
    {
        text = CodePoint.WellFormed(text);
        var pieces = buffers.Pieces;
        pieces.Clear();
        for (int taken = 0, from = 0; pieces.Count < enough;)
        {
            var token = added.Verbatim.Next(text, ref from, taken, plain);
            var end = token?.Start ?? text.Length;
            if (end > taken) TokenizeBetween(text[taken..end], taken, buffers, enough, steps, plain);
            if (token is not { } found) break;
            if (pieces.Count == enough) break;
            pieces.Origin = 0;
            buffers.WordStarts?.Add(pieces.Count);
            pieces.AddToken(found.TokenId, found.Start, found.End, ByteAlphabet.Spaces(text[found.Start..found.End]));
            taken = found.End;
        }

        return pieces;
    }

    private void TokenizeBetween(ReadOnlySpan<char> text, int origin, TokenizationBuffers buffers, int enough, PipelineSteps steps, ReadOnlySpan<TextSpan> plain)
    {
        var normalized = buffers.Text;
        normalized.Load(text, origin);
        if (steps.HasFlag(PipelineSteps.Normalize)) normalizer?.Normalize(normalized);
        var slices = buffers.Slices;
        slices.Clear();
        buffers.Spaces.Clear();
        SliceAtAddedTokens(slices, normalized, buffers.Spaces, plain);
        if (steps.HasFlag(PipelineSteps.PreTokenize)) preTokenizer?.PreTokenize(slices);

        var pieces = buffers.Pieces;
        var (before, token) = (pieces.Count, 0);
        ReadOnlySpan<char> chars = normalized.Chars;
        foreach (var slice in slices.Slices)
        {
            if (pieces.Count >= enough) break;
            pieces.Origin = slice.Start;
            buffers.WordStarts?.Add(pieces.Count);
            if (slice.TokenId != Slice.Untokenized) pieces.AddToken(slice.TokenId, 0, slice.End - slice.Start, buffers.Spaces[token++]);
            else _words.Tokenize(chars[slice.Start..slice.End], pieces);
        }

        normalized.ToOriginal(pieces.Pieces[before..]);
    }

    private void SliceAtAddedTokens(PreTokenizedText slices, NormalizedText normalized, List<(int Leading, int Trailing)> spaces, ReadOnlySpan<TextSpan> plain)
    {
        var chars = slices.Text.Chars;
        var taken = 0;
        for (var from = 0; added.Normalized.Next(chars, ref from, taken) is { } token;)
        {
            if (plain.Length > 0 && added.Find(token.TokenId) is { Special: true } && normalized.Original(token.Start, token.End) is var (start, end) && AddedTokenMatcher.Touches(plain, start, end)) continue;
            slices.Add(new(taken, token.Start));
            slices.Add(token);
            spaces.Add(ByteAlphabet.Spaces(chars[token.Start..token.End]));
            taken = token.End;
        }

        slices.Add(new(taken, chars.Length));
    }
}
