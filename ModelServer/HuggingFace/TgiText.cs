using System.Text;
using ModelServer.Decoders;
using ModelServer.Generation;
using ModelServer.Tokenization;

namespace ModelServer.HuggingFace;

/// <summary>A continuation as it comes, told by tokens as Text Generation Inference tells it.</summary>
internal sealed class TgiText(TgiRequest request, TextGeneration generation)
{
    private readonly StringBuilder _text = new(request.Parameters?.ReturnFullText == true ? request.Inputs : "");
    private readonly HuggingFaceTokenizer _tokenizer = generation.Model.Tokenizer;

    /// <summary>What was read so far, behind the prompt where that is to be repeated.</summary>
    public string Text => _text.ToString();

    /// <summary><c>length</c>, <c>eos_token</c> or <c>stop_sequence</c>; null while it goes on.</summary>
    public string? Finish { get; private set; }

    public long? Seed => request.Parameters?.Seed;

    /// <returns>The chunk's tokens. Their texts together are the chunk's: tokens that are parts of a character are empty but for the last of it.</returns>
    public TgiToken[] Read(TextChunk chunk)
    {
        _text.Append(chunk.Text);
        var tokens = chunk.Tokens;
        if (chunk.Finish is { } finish) Finish = finish == FinishReason.Length ? "length" : tokens is [.., { IsEnd: true }] ? "eos_token" : "stop_sequence";
        var last = tokens is [.., { IsEnd: true }] ? tokens.Count - 2 : tokens.Count - 1;
        var areWhole = string.Concat(tokens.Take(last + 1).Select(t => t.Token.Text)) == chunk.Text;
        return [.. tokens.Select((token, i) => new TgiToken(
            token.Id,
            i > last ? _tokenizer.IdToToken(token.Id) ?? "" : areWhole ? token.Token.Text ?? "" : i == last ? chunk.Text : "",
            token.Logprob,
            token.IsEnd || _tokenizer.DecodableToken(token.Id, skipSpecialTokens: true) is null))];
    }
}
