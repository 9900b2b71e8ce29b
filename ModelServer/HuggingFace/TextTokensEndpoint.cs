using System.Text;
using ModelServer.Models;
using ModelServer.Tokenization;

namespace ModelServer.HuggingFace;

/// <summary><c>POST /tokenize</c>, as Text Embeddings Inference's: the tokens of each text with their places in it.</summary>
internal static class TextTokensEndpoint
{
    public static IResult Handle(TeiTokenizeRequest request, ModelCatalog catalog, HttpContext http)
    {
        using var lease = catalog.AcquireAny(request.Model, http.User);
        http.Response.Headers[AnswerHeaders.ModelVersion] = lease.Version.Version;
        var tokenizer = lease.Loaded.Tokenizer;
        return TypedResults.Ok(Array.ConvertAll(request.Inputs.Strings, text => Tokens(tokenizer, text, request.AddSpecialTokens ?? true)));
    }

    public static FieldError? Validate(this TeiTokenizeRequest request, int maxInputs, int maxCharacters) => request switch
    {
        { Inputs: null } => FieldError.Required("inputs"),
        { Inputs.Strings: [] } => new("inputs", "inputs must not be empty."),
        { Inputs.Strings: var texts } when texts.Length > maxInputs => new("inputs", $"inputs has {texts.Length} items; at most {maxInputs} are allowed."),
        { Inputs.Strings: var texts } when texts.Sum(t => (long)t.Length) > maxCharacters => new("inputs", $"inputs has more than {maxCharacters} characters."),
        _ => null,
    };

    private static TeiToken[] Tokens(HuggingFaceTokenizer tokenizer, string text, bool addSpecialTokens)
    {
        var encoding = tokenizer.Encode(text, addSpecialTokens: addSpecialTokens);
        var bytes = BytePlaces(text);
        return [.. encoding.Ids.Select((id, i) => encoding.Sequences[i] < 0
            ? new TeiToken(id, tokenizer.IdToToken(id) ?? "", Special: true, null, null)
            : new TeiToken(id, text[encoding.Offsets[i].Start..encoding.Offsets[i].End], Special: false, bytes[encoding.Offsets[i].Start], bytes[encoding.Offsets[i].End]))];
    }

    /// <summary>By UTF-16 unit, how many bytes of UTF-8 stand before it.</summary>
    private static int[] BytePlaces(string text)
    {
        var places = new int[text.Length + 1];
        for (int i = 0, bytes = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var units);
            for (var unit = 0; unit < units; unit++) places[i + unit] = bytes;
            (i, bytes) = (i + units, bytes + rune.Utf8SequenceLength);
            places[i] = bytes;
        }

        return places;
    }
}
