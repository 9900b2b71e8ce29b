using ModelServer.Tokenization;
using ModelServer.Tokenization.PostProcessing;
using ModelServer.Tokenization.Texts;

namespace ModelServer.AnswerQuestions;

/// <summary>A question and the text that holds its answer.</summary>
/// <param name="QuestionField">What messages call the question.</param>
/// <param name="ContextField">What they call the context.</param>
internal sealed record AskedQuestion(string QuestionField, string Question, string ContextField, string Context);

/// <summary>Cuts contexts into the windows that a model reads, as Hugging Face's tokenizers do (<c>truncation="only_second"</c>, <c>stride</c>, <c>return_overflowing_tokens</c>).</summary>
/// <param name="maxTokens">The most tokens that the model takes.</param>
/// <param name="mostWindows">Of all contexts together.</param>
internal sealed class ContextReader(HuggingFaceTokenizer tokenizer, int maxTokens, AnswerSettings settings, int mostWindows)
{
    private readonly int _windowTokens = Math.Min(settings.WindowTokens, maxTokens);

    /// <returns>The windows of each question, in order; all of a context's tokens are in one at least.</returns>
    /// <exception cref="InvalidFieldException">A question leaves no room for its context, a context has no tokens, the windows overlap too much, or there are too many.</exception>
    public List<QuestionWindow> Read(IReadOnlyList<AskedQuestion> questions)
    {
        List<QuestionWindow> windows = [];
        for (var i = 0; i < questions.Count; i++)
        {
            var (asked, question, context) = (questions[i], tokenizer.Tokenize(questions[i].Question), tokenizer.Tokenize(questions[i].Context));
            if (context.Length == 0) throw new InvalidFieldException(asked.ContextField, $"{asked.ContextField} has no tokens.");
            var width = WidthBeside(question, asked);
            var step = width - StrideOf(asked, context, width);
            var count = Count(context.Length, width, step);
            if (windows.Count + count > mostWindows) throw TooMany(asked, context, windows.Count + count);

            for (var w = 0; w < count; w++)
            {
                var span = Place(w * step, context.Length, width);
                windows.Add(new(i, tokenizer.Join(question, new(0, question.Length), context, span), context.Words(span)));
            }
        }

        return windows;
    }

    /// <summary>The window that truncation would keep comes first.</summary>
    /// <param name="skipped">Tokens of windows before that this one does not repeat.</param>
    private TextSpan Place(int skipped, int length, int width) => tokenizer.TruncationSide == TruncationSide.Right
        ? new(skipped, Math.Min(skipped + width, length))
        : new(Math.Max(length - skipped - width, 0), length - skipped);

    private static int Count(int length, int width, int step) => length <= width ? 1 : 1 + ((length - width + step - 1) / step);

    /// <summary>How many tokens of a context fit beside its question.</summary>
    private int WidthBeside(TokenizedText question, AskedQuestion asked)
    {
        var others = question.Length + tokenizer.SpecialTokenCount(isPair: true);
        return others < _windowTokens ? _windowTokens - others : throw new InvalidFieldException(
            asked.QuestionField, $"{asked.QuestionField} has {others} tokens with the special ones; of {_windowTokens} that leaves none for its context. Shorten it.", "input_too_long");
    }

    private int StrideOf(AskedQuestion asked, TokenizedText context, int width)
    {
        // Hugging Face's pipeline fails where its own default does not fit.
        if (settings.Stride is not { } stride) return Math.Min(QuestionAnswerRequest.DefaultStride, _windowTokens / 2) is var usual && usual < width ? usual : width / 2;
        if (stride < width) return stride;
        return context.Length <= width
            ? 0
            : throw new InvalidFieldException("doc_stride", $"doc_stride must be below {width}, the tokens of a window that {asked.QuestionField} leaves for its context.");
    }

    private InvalidFieldException TooMany(AskedQuestion asked, TokenizedText context, int windows) => new(
        asked.ContextField,
        $"{asked.ContextField} has {context.Length} tokens, with which the request has {windows} windows; at most {mostWindows} are allowed. Send less, or let windows share fewer tokens (doc_stride).");
}
