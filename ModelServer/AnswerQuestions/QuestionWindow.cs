using ModelServer.Requests;
using ModelServer.Tokenization.PostProcessing;
using ModelServer.Tokenization.Texts;

namespace ModelServer.AnswerQuestions;

/// <summary>A question beside one part of its context.</summary>
/// <param name="Question">The question's place in the request.</param>
/// <param name="Encoding">Its tokens.</param>
/// <param name="Words">Which word each token of the part belongs to.</param>
internal sealed record QuestionWindow(int Question, TokenEncoding Encoding, int[] Words) : EncodedInput(Encoding.Ids, Encoding.TypeIds)
{
    /// <summary>Where the tokens of the context are; nothing else is an answer.</summary>
    public TextSpan Context { get; } = ContextOf(Encoding, Words.Length);

    /// <summary>The units of the context that an answer stands for.</summary>
    /// <param name="toWords">Whether it begins and ends where the words of its first and its last token do, as far as they are in this window.</param>
    public TextSpan Locate(TokenSpan span, bool toWords)
    {
        var (first, last) = (span.First - Context.Start, span.Last - Context.Start);
        if (toWords)
        {
            while (first > 0 && Words[first - 1] == Words[first]) first--;
            while (last + 1 < Words.Length && Words[last + 1] == Words[last]) last++;
        }

        return new(Encoding.Offsets[Context.Start + first].Start, Encoding.Offsets[Context.Start + last].End);
    }

    private static TextSpan ContextOf(TokenEncoding encoding, int length)
    {
        var start = Array.IndexOf(encoding.Sequences, (sbyte)1);
        return new(start, start + length);
    }
}
