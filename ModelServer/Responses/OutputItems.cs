using System.Text;
using ModelServer.Chat;

namespace ModelServer.Responses;

/// <summary>Makes items of an answer's parts, and the events that tell of them in OpenAI's order. One item is open at a time.</summary>
internal sealed class OutputItems(ItemIds ids, bool tellsLogprobs)
{
    private const string InProgress = "in_progress", Completed = "completed", Incomplete = "incomplete";

    private readonly List<ResponsesItem> _output = [];
    private readonly StringBuilder _text = new();
    private readonly List<ChatLogprob> _logprobs = [];
    private ResponsesItem? _open;

    /// <summary>Items that have ended, in order.</summary>
    public ResponsesItem[] Done => [.. _output];

    /// <summary>How the answer ended; null while it goes on.</summary>
    public AnswerEnd? End { get; private set; }

    /// <summary>The events that a part makes due.</summary>
    public IEnumerable<ResponsesEvent> Append(AnswerPart part) => part switch
    {
        TextPart text => text is { Text: "", Tokens: [] } ? [] : AppendText(text),
        ReasoningPart reasoning => [.. Open("reasoning"), Delta("response.reasoning_text.delta", reasoning.Text)],
        ToolCallPart call => OpenCall(call),
        ArgumentsPart arguments when _open?.Type == "function_call" => [Delta("response.function_call_arguments.delta", arguments.Text)],
        EndPart end => Finish(end.Reason),
        _ => [],
    };

    /// <summary>An event that says nothing new; null where no item is open.</summary>
    public ResponsesEvent? Nothing() => _open?.Type switch
    {
        "message" => Delta("response.output_text.delta", "") with { Logprobs = [] },
        "reasoning" => Delta("response.reasoning_text.delta", ""),
        "function_call" => Delta("response.function_call_arguments.delta", ""),
        _ => null,
    };

    private IEnumerable<ResponsesEvent> AppendText(TextPart part)
    {
        ChatLogprob[] logprobs = tellsLogprobs ? [.. part.Tokens.Where(t => !t.IsEnd).Select(t => t.ToLogprob())] : [];
        var opening = Open("message");
        _logprobs.AddRange(logprobs);
        return part.Text.Length == 0 && logprobs is [] ? opening : [.. opening, Delta("response.output_text.delta", part.Text) with { Logprobs = logprobs }];
    }

    /// <summary>Begins an item with one part, unless one of the type is open.</summary>
    private IEnumerable<ResponsesEvent> Open(string type)
    {
        if (_open?.Type == type) return [];
        var closing = Close(Completed);
        _open = new() { Id = ids.Next(type), Type = type };
        return [.. closing, Event("response.output_item.added") with { Item = Told(InProgress, []) }, OfPart("response.content_part.added") with { Part = Part() }];
    }

    private IEnumerable<ResponsesEvent> OpenCall(ToolCallPart call)
    {
        var closing = Close(Completed);
        _open = new() { Id = ids.Next("function_call"), Type = "function_call", CallId = call.Id, Name = call.Name };
        return [.. closing, Event("response.output_item.added") with { Item = Told(InProgress, []) }];
    }

    private IEnumerable<ResponsesEvent> Finish(AnswerEnd reason)
    {
        End = reason;
        // Clients look for a message where there is nothing else.
        var opening = _output is [] && _open is null ? Open("message") : [];
        return [.. opening, .. Close(reason == AnswerEnd.Length ? Incomplete : Completed)];
    }

    private IEnumerable<ResponsesEvent> Close(string status)
    {
        if (_open is not { Type: var type } open) return [];
        var text = _text.ToString();
        var events = new List<ResponsesEvent>(3);
        if (type == "function_call") events.Add(OfItem("response.function_call_arguments.done") with { Name = open.Name, Arguments = text });
        else
        {
            events.Add(type == "message"
                ? OfPart("response.output_text.done") with { Text = text, Logprobs = [.. _logprobs] }
                : OfPart("response.reasoning_text.done") with { Text = text });
            events.Add(OfPart("response.content_part.done") with { Part = Part() });
        }

        var done = Told(status, type == "function_call" ? [] : [Part()]);
        events.Add(Event("response.output_item.done") with { Item = done });
        _output.Add(done);
        _text.Clear();
        _logprobs.Clear();
        _open = null;
        return events;
    }

    /// <summary>The open item as it is told.</summary>
    private ResponsesItem Told(string status, ResponsesPart[] parts) => _open!.Type switch
    {
        "message" => _open with { Status = status, Role = "assistant", Content = new(parts) },
        "reasoning" => _open with { Status = status, Summary = [], Content = new(parts) },
        _ => _open with { Status = status, Arguments = _text.ToString() },
    };

    private ResponsesPart Part() => _open!.Type == "message"
        ? new("output_text") { Text = _text.ToString(), Annotations = [], Logprobs = [.. _logprobs] }
        : new("reasoning_text") { Text = _text.ToString() };

    private ResponsesEvent Delta(string type, string text)
    {
        _text.Append(text);
        return (_open!.Type == "function_call" ? OfItem(type) : OfPart(type)) with { Delta = text };
    }

    private ResponsesEvent Event(string type) => new(type) { OutputIndex = _output.Count };

    private ResponsesEvent OfItem(string type) => Event(type) with { ItemId = _open!.Id };

    private ResponsesEvent OfPart(string type) => OfItem(type) with { ContentIndex = 0 };
}
