using System.Diagnostics;
using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Telemetry;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>The one way for tensors through a model's graph.</summary>
internal sealed class TensorPipeline(ModelCatalog catalog, ModelServerMetrics metrics, IOptions<OpenInferenceOptions> options, TimeProvider time)
{
    /// <summary>What metrics call it, whatever the model's task.</summary>
    private const string Task = "tensors";

    /// <param name="reference"><c>name</c> or <c>name:version</c>.</param>
    /// <exception cref="InvalidFieldException">The request does not suit the model.</exception>
    /// <exception cref="TensorsRefusedException">The tensors do not suit its graph.</exception>
    public async Task<InferAnswer> RunAsync(string reference, InferRequest request, Caller caller, CancellationToken cancellationToken)
    {
        using var recording = metrics.Begin(Task);
        ModelVersion? answering = null;
        try
        {
            // 1. The model, held until the answer is there.
            using var lease = catalog.AcquireNamed(reference, caller.User);
            var (version, model) = (lease.Version, lease.Loaded);
            recording.Model = version.Reference;
            if (model.Tensors is not { } engine) throw new InvalidFieldException("inputs", NoTensors(version, model), "unsupported_parameter");
            answering = version;

            // 2. What is asked for fits it.
            var inputs = TensorFit.Inputs(model, request, options.Value);
            var outputs = TensorFit.Outputs(engine.Graph.Outputs, request);
            var prepared = engine.Prepare(inputs, [.. outputs.Select(o => Array.Find(engine.Graph.Outputs, s => s.Name == o.Name)!)], caller.Lane, options.Value.OutputBytes);
            caller.Usage.Add(version.Name, prepared.Cost);

            // 3. Through the engine.
            var results = await engine.RunAsync(prepared, cancellationToken);

            // 4. What it took.
            var timing = new Timing(TimeSpan.Zero, time.GetElapsedTime(prepared.QueuedAt, prepared.StartedAt), time.GetElapsedTime(prepared.StartedAt, prepared.FinishedAt), CacheOutcome.Bypass);
            Trace(version, prepared, timing);
            recording.Succeed((int)prepared.Cost, timing.Tokenize, timing.Queue, timing.Infer);
            version.Counter.Answered(time.GetUtcNow(), timing.Infer);
            return new(version, timing, [.. results.Select((r, i) => Outputs.Of(r, outputs[i], request, model.Labels))]);
        }
        catch (Exception e)
        {
            recording.Fail(RequestOutcome.Of(e));
            if (RequestOutcome.IsOurs(e)) answering?.Counter.Failed(time.GetUtcNow());
            throw;
        }
    }

    private static string NoTensors(ModelVersion version, LoadedModel model) => model.Graph is not null
        ? $"The model '{version.Name}' generates: its graph keeps keys and values from step to step, which a single inference cannot. Use /v1/completions or /v1/chat/completions."
        : $"The model '{version.Name}' has no graph that takes tensors.";

    private void Trace(ModelVersion version, TensorRequest request, Timing timing)
    {
        if (!RequestTrace.Source.HasListeners() || Activity.Current is not { } parent) return;
        var finished = time.GetUtcNow() - time.GetElapsedTime(request.FinishedAt);
        var started = finished - timing.Infer;
        RequestTrace.Past("queue", parent, started - timing.Queue, started)?.Dispose();
        using var infer = RequestTrace.Past("infer", parent, started, finished);
        infer?.SetTag("model.name", version.Name);
        infer?.SetTag("model.version", version.Version);
        infer?.SetTag("sequences", request.Rows);
    }
}

/// <param name="Outputs">In the order in which they were asked for.</param>
internal sealed record InferAnswer(ModelVersion Version, Timing Timing, AnsweredOutput[] Outputs);

/// <param name="IsBinary">Whether it follows the JSON.</param>
internal readonly record struct AnsweredOutput(TensorOutput Output, bool IsBinary);
