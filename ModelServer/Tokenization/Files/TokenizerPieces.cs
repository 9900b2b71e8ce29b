using System.Text.Json;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.Models;

namespace ModelServer.Tokenization.Files;

/// <summary>Makes the "Unigram" model, whose vocabulary is a list of [piece, score].</summary>
internal static class TokenizerPieces
{
    public static UnigramModel Model(JsonPart part)
    {
        var list = part.Member("vocab").Is(JsonValueKind.Array);
        var (tokens, scores) = (new string[list.Value.GetArrayLength()], new double[list.Value.GetArrayLength()]);
        var id = 0;
        foreach (var item in list.Value.EnumerateArray())
        {
            (tokens[id], scores[id]) = IsPiece(item) ? Piece(item, list, id) : throw Item(item, list, id).Invalid(" must be [piece, score]");
            id++;
        }

        // The reference loads such a file and fails on the first text that has a character of no piece.
        var unknown = part.Find("unk_id") ?? throw new UnsupportedTokenizerException($"a Unigram model without 'unk_id' is not supported yet ({part.Path})");
        if (unknown.Number >= tokens.Length) throw unknown.Invalid($" is {unknown.Number}, but there are {tokens.Length} pieces");
        return new(new(tokens, list.Path), scores, unknown.Number, part.FlagOr("byte_fallback", false));
    }

    private static bool IsPiece(JsonElement item) => item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2
        && item[0].ValueKind == JsonValueKind.String && item[1].ValueKind == JsonValueKind.Number;

    private static (string Token, double Score) Piece(JsonElement item, JsonPart list, int id)
    {
        try
        {
            return (item[0].GetString()!, JsonScore.Read(item[1]) ?? throw Item(item, list, id).Invalid(" has a score out of range"));
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidTokenizerException($"{list.Path}[{id}] is not well-formed text", e);
        }
    }

    private static JsonPart Item(JsonElement item, JsonPart list, int id) => new(item, $"{list.Path}[{id}]");
}
