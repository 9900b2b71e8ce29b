using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelServer.Telemetry;

namespace ModelServer.Decoders;

/// <summary>What decoders count. <c>gen_ai.*</c> are those of the OpenTelemetry GenAI semantic conventions, with the buckets given there.</summary>
internal sealed class DecoderMetrics
{
    private readonly Histogram<double> _queue;
    private readonly UpDownCounter<int> _active;
    private readonly Histogram<int> _rows;
    private readonly Counter<long> _promptTokens;
    private readonly Counter<long> _prefixLookups;
    private readonly Counter<long> _prefixTokens;
    private readonly Counter<long> _prefixEvictions;
    private readonly Counter<long> _answerTokens;
    private readonly UpDownCounter<long> _prefixBytes;
    private readonly Counter<long> _generatedTokens;
    private readonly Counter<long> _wastedTokens;
    private readonly Counter<long> _draftTokens;
    private readonly Counter<long> _repeatedTokens;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _perToken;
    private readonly ReplicaTotals _totals;

    public DecoderMetrics(IMeterFactory meters, ReplicaTotals totals)
    {
        _totals = totals;
        var meter = meters.Create("ModelServer");
        _queue = Seconds(meter, "generation.queue.duration", "Waiting for a row.", [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60]);
        _active = meter.CreateUpDownCounter<int>("generation.active_rows", "{sequence}", "Sequences that have a row.");
        _rows = meter.CreateHistogram("generation.step.rows", "{sequence}", "Sequences that got a token of one step.", advice: new InstrumentAdvice<int>
        {
            HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128],
        });
        _promptTokens = meter.CreateCounter<long>("generation.prompt_tokens", "{token}", "Prompt tokens that the engine read.");
        _prefixLookups = meter.CreateCounter<long>("generation.prefix.lookups", "{sequence}", "Sequences that looked for a beginning of their prompt that was read before.");
        _prefixTokens = meter.CreateCounter<long>("generation.prefix.tokens", "{token}", "Prompt tokens that had been read before and were not read again.");
        _answerTokens = meter.CreateCounter<long>("generation.prefix.answer_tokens", "{token}", "Tokens of answers read as prompts while there was nothing else to do.");
        _prefixEvictions = meter.CreateCounter<long>("generation.prefix.evictions", "{block}", "Blocks of prompt beginnings that made room for others.");
        _prefixBytes = meter.CreateUpDownCounter<long>("generation.prefix.memory", "By", "Memory filled with beginnings of prompts.");
        _generatedTokens = meter.CreateCounter<long>("generation.tokens", "{token}", "Tokens generated.");
        _wastedTokens = meter.CreateCounter<long>("generation.wasted_tokens", "{token}", "Tokens generated after their caller had left.");
        _draftTokens = meter.CreateCounter<long>("generation.draft.tokens", "{token}", "Tokens that were guessed and run with the one before them.");
        _repeatedTokens = meter.CreateCounter<long>("generation.draft.repeated_tokens", "{token}", "Tokens run again one by one, as what followed was too close to tell behind a run over several.");
        _firstToken = Seconds(
            meter,
            "gen_ai.server.time_to_first_token",
            "From the queue to the first token.",
            [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]);
        _perToken = Seconds(
            meter,
            "gen_ai.server.time_per_output_token",
            "Between tokens after the first, on average over a sequence.",
            [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5]);
    }

    /// <summary>A sequence has got a row.</summary>
    public void Started(string model, TimeSpan queued)
    {
        _active.Add(1, new KeyValuePair<string, object?>("model", model));
        _queue.Record(queued.TotalSeconds, new KeyValuePair<string, object?>("model", model));
    }

    /// <summary>A sequence has given its row back.</summary>
    public void Left(string model) => _active.Add(-1, new KeyValuePair<string, object?>("model", model));

    public void PromptRead(string model, int tokens) => _promptTokens.Add(tokens, new KeyValuePair<string, object?>("model", model));

    /// <summary>A sequence has looked for a beginning of its prompt.</summary>
    /// <param name="tokens">What it found; 0 for nothing.</param>
    public void PrefixLooked(string model, int tokens)
    {
        _prefixLookups.Add(1, new("model", model), new("outcome", tokens > 0 ? "hit" : "miss"));
        if (tokens > 0) _prefixTokens.Add(tokens, new KeyValuePair<string, object?>("model", model));
    }

    public void AnswerRead(string model, int tokens) => _answerTokens.Add(tokens, new KeyValuePair<string, object?>("model", model));

    /// <param name="bytes">Filled, or given up where negative.</param>
    /// <param name="evictions">Blocks that made room.</param>
    public void PrefixKept(string model, long bytes, long evictions)
    {
        if (bytes != 0) _prefixBytes.Add(bytes, new KeyValuePair<string, object?>("model", model));
        if (evictions > 0) _prefixEvictions.Add(evictions, new KeyValuePair<string, object?>("model", model));
    }

    public void Stepped(string model, int rows)
    {
        _rows.Record(rows, new KeyValuePair<string, object?>("model", model));
        _totals.BatchRan(rows);
    }

    /// <summary>A draft has been run.</summary>
    /// <param name="right">Tokens of it that came.</param>
    public void Drafted(string model, int tokens, int right)
    {
        if (right > 0) _draftTokens.Add(right, new("model", model), new("outcome", "accepted"));
        if (right < tokens) _draftTokens.Add(tokens - right, new("model", model), new("outcome", "rejected"));
    }

    /// <summary>A row has gone back.</summary>
    public void RunAgain(string model, int tokens)
    {
        if (tokens > 0) _repeatedTokens.Add(tokens, new KeyValuePair<string, object?>("model", model));
    }

    /// <summary>Sequences have got tokens.</summary>
    /// <param name="isWasted">Their callers have left.</param>
    public void Generated(string model, int tokens, bool isWasted)
    {
        (isWasted ? _wastedTokens : _generatedTokens).Add(tokens, new KeyValuePair<string, object?>("model", model));
        _totals.TokensGenerated(tokens);
    }

    /// <param name="operation">As the GenAI conventions name it.</param>
    /// <param name="elapsed">Since it was queued.</param>
    public void FirstToken(string model, string operation, TimeSpan elapsed) => _firstToken.Record(elapsed.TotalSeconds, Tags(model, operation));

    /// <summary>A sequence has got its last token.</summary>
    /// <param name="tokens">All that it has got.</param>
    /// <param name="elapsed">Since the first of them.</param>
    public void Finished(string model, string operation, int tokens, TimeSpan elapsed)
    {
        if (tokens > 1) _perToken.Record(elapsed.TotalSeconds / (tokens - 1), Tags(model, operation));
    }

    private static TagList Tags(string model, string operation)
        => new() { { "gen_ai.operation.name", operation }, { "gen_ai.provider.name", "modelserver" }, { "gen_ai.request.model", model } };

    private static Histogram<double> Seconds(Meter meter, string name, string description, double[] boundaries)
        => meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}
