using ModelServer.Requests;

namespace ModelServer.Generation;

/// <summary>The sequences of a request, in the engine's queue.</summary>
/// <param name="Prompts">As they were made for the model.</param>
/// <param name="PromptTokens">Each prompt counts once, however many choices it has.</param>
internal sealed record TextRun(TextChoice[] Choices, IReadOnlyList<TextPrompt> Prompts, int PromptTokens, TimeSpan Tokenized)
{
    /// <summary>Time for each token after the first, of the slowest choice: what does not depend on how long prompt and text are. Null where no choice has two tokens.</summary>
    public TimeSpan? PerToken(TimeProvider time)
    {
        TimeSpan? slowest = null;
        foreach (var choice in Choices)
        {
            var sequence = choice.Sequence;
            var (first, tokens) = (sequence.FirstTokenAt, sequence.GeneratedTokens);
            if (first == 0 || tokens < 2) continue;
            // One that a stop string ended was cancelled a moment ago.
            var took = time.GetElapsedTime(first, sequence.FinishedAt is not 0 and var end ? end : time.GetTimestamp()) / (tokens - 1);
            if (slowest is null || took > slowest) slowest = took;
        }

        return slowest;
    }
}
