using System.Net.Http.Headers;

namespace Gateway.Usage;

/// <summary>The tokens of one request: reserved before it is forwarded, told by its model server, settled at its end.
/// Invariant: what was sent is never charged nothing for want of an answer. What nobody tells costs what was reserved.</summary>
internal sealed class TokenUsage(UsageQuestions questions)
{
    private State _state;
    private (State State, Attempt Attempt) _before;
    private Attempt _attempt;

    private enum State
    {
        /// <summary>No model server has seen the request.</summary>
        Unsent,

        /// <summary>One has; what it took is not known yet.</summary>
        Open,

        /// <summary>The model server refused it, or failed of itself.</summary>
        Refused,

        /// <summary>It was answered, and the answer does not say what it took.</summary>
        Silent,

        /// <summary>What it took is known.</summary>
        Told,
    }

    public TokenEstimate Reserved { get; set; }

    /// <summary>The model that answered, by its name alone.</summary>
    public string? Model { get; private set; }

    /// <summary>Tokens read; null where they are not known, or where nothing was read.</summary>
    public long? Prompt { get; private set; }

    /// <summary>Tokens written.</summary>
    public long? Completion { get; private set; }

    /// <summary>Tokens to charge, once it is settled.</summary>
    public long Charged => _state switch
    {
        State.Unsent or State.Refused => 0,
        State.Silent => Reserved.Total,
        _ => (Prompt ?? 0) + (Completion ?? 0),
    };

    /// <summary>An attempt sets out for a model server.</summary>
    public void Sent(in Attempt attempt)
    {
        _before = (_state, _attempt);
        (_state, _attempt) = (State.Open, attempt);
    }

    /// <summary>The attempt has reached nobody.</summary>
    public void NotSent() => (_state, _attempt) = _before;

    /// <summary>Takes the headers of an answer off it.</summary>
    /// <param name="isWhole">False for a stream, which tells at its end.</param>
    public void Take(IHeaderDictionary headers, int status, bool isWhole)
    {
        var report = ReportedUsage.TakeFrom(headers);
        Model = report.Model ?? Model;
        if (report is { PromptTokens: null, CompletionTokens: null })
        {
            if (isWhole) _state = status >= 400 ? State.Refused : State.Silent;
        }
        else if (isWhole) Tell(report);
    }

    /// <summary>Takes the trailers of a stream that came to its end off it.</summary>
    public void TakeTrailers(HttpHeaders trailers)
    {
        if (ReportedUsage.TakeFrom(trailers) is { PromptTokens: not null } report) Tell(report);
    }

    /// <summary>Decides what is charged and booked, once the request has ended; whoever comes first asks the model server where nothing has told it.</summary>
    /// <param name="answer">The answer, if it came to its end here: its client does not wait for the question.</param>
    public ValueTask SettleAsync(HttpResponse? answer) => _state == State.Open ? AskAsync(answer) : default;

    private async ValueTask AskAsync(HttpResponse? answer)
    {
        if (answer is { HttpContext.RequestAborted.IsCancellationRequested: false }) await answer.CompleteAsync();
        Tell(await questions.AskAsync(_attempt) ?? new(Model, Reserved.Prompt, Reserved.Completion));
    }

    private void Tell(in ReportedUsage report)
    {
        (Model, Prompt, Completion) = (report.Model ?? Model, report.PromptTokens, report.CompletionTokens);
        _state = State.Told;
    }
}
