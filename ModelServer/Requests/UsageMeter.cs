namespace ModelServer.Requests;

/// <summary>Counts what one request takes, as it takes it, so that it can be told however the request ends. Any thread may add: a batch has several parts under way.</summary>
internal sealed class UsageMeter
{
    private readonly Lock _gate = new();
    private readonly List<(string Model, Func<TokenCounts> Count)> _parts = [];

    /// <summary>The meter of a request; one that nobody reads where none was begun.</summary>
    public static UsageMeter Of(HttpContext http) => http.Features.Get<UsageMeter>() ?? new();

    /// <summary>Adds a part whose prompt has been read.</summary>
    public void Add(string model, long promptTokens) => Add(model, () => new(promptTokens, null));

    /// <param name="count">Called whenever the usage is told, for what the part has taken by then.</param>
    public void Add(string model, Func<TokenCounts> count)
    {
        lock (_gate) _parts.Add((model, count));
    }

    /// <summary>What has been taken so far, of all parts; nothing is told where there is none.</summary>
    public ReportedUsage Total()
    {
        lock (_gate)
        {
            if (_parts is []) return default;
            var (model, prompt, completion) = ((string?)_parts[0].Model, 0L, (long?)null);
            foreach (var part in _parts)
            {
                var count = part.Count();
                prompt += count.Prompt;
                if (count.Completion is { } written) completion = (completion ?? 0) + written;
                // Of several models none has answered alone.
                if (part.Model != model) model = null;
            }

            return new(model, prompt, completion);
        }
    }
}

/// <param name="Completion">Null where nothing is generated.</param>
internal readonly record struct TokenCounts(long Prompt, long? Completion);
