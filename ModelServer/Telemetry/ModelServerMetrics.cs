using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ModelServer.Telemetry;

/// <summary>Records what this server counts. Label values are model versions that exist, tasks and outcomes, so that their number is bounded.</summary>
internal sealed class ModelServerMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _tokens;
    private readonly Histogram<long> _usage;
    private readonly Histogram<double> _generation;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _tokenize;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _infer;
    private readonly Histogram<double> _load;
    private readonly Histogram<int> _batchSequences;
    private readonly Histogram<int> _batchTokens;
    private readonly Histogram<int> _batchPaddedTokens;
    private readonly Counter<long> _loneRuns;
    private readonly Counter<long> _paddingTokens;
    private readonly Counter<long> _wastedTokens;
    private readonly TimeProvider _time;
    private readonly ReplicaTotals _totals;

    public ModelServerMetrics(IMeterFactory meters, TimeProvider time, GpuMemory gpu, ReplicaTotals totals)
    {
        _time = time;
        _totals = totals;
        var meter = meters.Create("ModelServer");
        _requests = meter.CreateCounter<long>("model.requests", "{request}", "Requests by model, task and outcome.");
        _tokens = meter.CreateCounter<long>("model.tokens", "{token}", "Input tokens that the engine ran, padding and cached answers left out.");
        // Both of the OpenTelemetry GenAI semantic conventions, with the buckets given there.
        _generation = meter.CreateHistogram("gen_ai.server.request.duration", "s", "Of a request that generates, to its last token.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
        });
        _usage = meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of a request that generates, read and written.", advice: new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
        });
        _active = meter.CreateUpDownCounter<long>("model.active_requests", "{request}", "Requests being answered.");
        _duration = Seconds(meter, "model.request.duration", "From validation to the answer.");
        _tokenize = Seconds(meter, "model.tokenize.duration", "Turning texts into tokens.");
        _queue = Seconds(meter, "model.queue.duration", "Waiting for an inference thread.");
        _infer = Seconds(meter, "model.infer.duration", "In the engine.");
        _load = meter.CreateHistogram("model.load.duration", "s", "From folder to ready, or to error, by outcome.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500],
        });
        _batchSequences = Sizes(meter, "model.batch.sequences", "{sequence}", "Sequences that shared a run, by why the batch was closed.");
        _batchTokens = Sizes(meter, "model.batch.tokens", "{token}", "Tokens that shared a run, padding left out.");
        _batchPaddedTokens = Sizes(meter, "model.batch.padded_tokens", "{token}", "Tokens that a run held, padding included.");
        _loneRuns = meter.CreateCounter<long>("model.lone_runs", "{run}", "Runs that had all cores, as nothing else ran or waited when they began.");
        _paddingTokens = meter.CreateCounter<long>("model.padding_tokens", "{token}", "Padding that the engine ran.");
        _wastedTokens = meter.CreateCounter<long>("model.wasted_tokens", "{token}", "Input tokens that the engine ran after their caller had left.");
        meter.CreateObservableGauge("gpu.memory.usage", gpu.Measure, "By", "Memory in use on the GPU.");
        meter.CreateObservableGauge("gpu.memory.limit", gpu.MeasureLimit, "By", "Memory of the GPU.");
        meter.CreateObservableGauge("gpu.utilization", gpu.MeasureUtilization, "1", "The part of the time in which the GPU computed.");
    }

    public Request Begin(string task)
    {
        _active.Add(1, new KeyValuePair<string, object?>("task", task));
        return new Request(this, task);
    }

    /// <param name="padded">Rows × the longest of them.</param>
    /// <param name="closed">Why the batch holds no more: <c>full</c> or <c>drained</c>.</param>
    public void BatchRan(string model, int sequences, int tokens, int padded, string closed)
    {
        var label = new KeyValuePair<string, object?>("model", model);
        _batchSequences.Record(sequences, label, new("closed", closed));
        _batchTokens.Record(tokens, label);
        _batchPaddedTokens.Record(padded, label);
        _paddingTokens.Add(padded - tokens, label);
        _totals.BatchRan(sequences);
    }

    /// <summary>A run had all cores to itself; counted by <see cref="BatchRan"/> too.</summary>
    public void LoneRan(string model) => _loneRuns.Add(1, new KeyValuePair<string, object?>("model", model));

    /// <summary>A run went on, or was begun, for sequences that nobody waited for any more.</summary>
    public void Wasted(string model, int tokens)
    {
        if (tokens > 0) _wastedTokens.Add(tokens, new KeyValuePair<string, object?>("model", model));
    }

    /// <summary>A version has been loaded, or could not be.</summary>
    /// <param name="model"><c>name:version</c> of a folder that exists.</param>
    public void LoadEnded(string model, bool isReady, TimeSpan took)
        => _load.Record(took.TotalSeconds, new("model", model), new("outcome", isReady ? "ready" : "error"));

    private static Histogram<int> Sizes(Meter meter, string name, string unit, string description)
        => meter.CreateHistogram(name, unit, description, advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16_384] });

    private static Histogram<double> Seconds(Meter meter, string name, string description) => meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double>
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    });

    /// <summary>One request while it runs; recorded when disposed.</summary>
    internal sealed class Request(ModelServerMetrics metrics, string task) : IDisposable
    {
        private readonly long _start = metrics._time.GetTimestamp();
        private string _outcome = "error";

        /// <summary><c>name:version</c> once known.</summary>
        public string Model { get; set; } = "unknown";

        /// <param name="tokens">Those that the engine ran; 0 when the whole answer was there.</param>
        public void Succeed(int tokens, TimeSpan tokenize, TimeSpan queue, TimeSpan infer)
        {
            _outcome = "ok";
            var tags = new TagList { { "model", Model }, { "task", task } };
            metrics._tokenize.Record(tokenize.TotalSeconds, tags);
            if (tokens == 0) return;
            metrics._tokens.Add(tokens, tags);
            metrics._queue.Record(queue.TotalSeconds, tags);
            metrics._infer.Record(infer.TotalSeconds, tags);
            metrics._totals.EngineRead(tokens, queue);
        }

        /// <summary>What a generation took, also one that failed or was left before its end.</summary>
        /// <param name="operation">As the GenAI conventions name it.</param>
        public void Generated(string operation, int promptTokens, int completionTokens)
        {
            var tags = new TagList { { "gen_ai.operation.name", operation }, { "gen_ai.provider.name", "modelserver" }, { "gen_ai.request.model", Model } };
            if (completionTokens > 0)
            {
                metrics._usage.Record(promptTokens, [.. tags, new("gen_ai.token.type", "input")]);
                metrics._usage.Record(completionTokens, [.. tags, new("gen_ai.token.type", "output")]);
            }

            if (_outcome != "ok") tags.Add("error.type", _outcome);
            metrics._generation.Record(metrics._time.GetElapsedTime(_start).TotalSeconds, tags);
        }

        /// <param name="outcome">Why, as a word of a fixed set.</param>
        public void Fail(string outcome) => _outcome = outcome;

        public void Dispose()
        {
            var tags = new TagList { { "model", Model }, { "task", task }, { "outcome", _outcome } };
            metrics._requests.Add(1, tags);
            metrics._duration.Record(metrics._time.GetElapsedTime(_start).TotalSeconds, tags);
            metrics._active.Add(-1, new KeyValuePair<string, object?>("task", task));
            metrics._totals.RequestEnded();
        }
    }
}
