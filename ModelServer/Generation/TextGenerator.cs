using ModelServer.Constraints.Automata;
using ModelServer.Decoders;
using ModelServer.Models;
using ModelServer.Telemetry;

namespace ModelServer.Generation;

/// <summary>Begins a request that generates: leases the model, finds places for its sequences, tokenizes, starts a sequence for each choice.</summary>
internal sealed class TextGenerator(ModelCatalog catalog, ModelServerMetrics metrics, IEnumerable<ITextObserver> observers, TimeProvider time)
{
    private readonly ITextObserver[] _observers = [.. observers];

    /// <summary>Begins a request. The result owns the lease and the sequences and must be disposed.</summary>
    /// <exception cref="InvalidFieldException">A field does not suit the model.</exception>
    /// <exception cref="OverloadedException">The model's queue is full.</exception>
    /// <inheritdoc cref="ModelCatalog.Find"/>
    public TextGeneration Start(TextGenerationRequest request)
    {
        var recording = metrics.Begin(GenerationTask.Id);
        ModelLease<DecoderModel>? lease = null;
        try
        {
            // 1. The model, held until the text is there.
            lease = catalog.Acquire<DecoderModel>(request.Model, GenerationTask.Id, request.Caller.User, request.IsChat);
            recording.Model = lease.Version.Reference;
            request = request.For(lease.Loaded.Text.Defaults);
            var run = Begin(request, lease.Loaded);
            var generation = new TextGeneration(lease, run, recording, new(_observers, lease.Version, request), time);
            request.Caller.Usage.Add(lease.Version.Name, generation.Taken);
            return generation;
        }
        catch (Exception e)
        {
            recording.Fail(RequestOutcome.Of(e));
            if (RequestOutcome.IsOurs(e)) lease?.Version.Counter.Failed(time.GetUtcNow());
            recording.Dispose();
            lease?.Dispose();
            throw;
        }
    }

    /// <summary>Starts a request's sequences on a model that its caller holds, whoever counts them.</summary>
    /// <inheritdoc cref="Start"/>
    public TextRun Begin(TextGenerationRequest request, DecoderModel model)
    {
        request = request.For(model.Text.Defaults);
        CheckIds("logit_bias", request.Sampling.LogitBias.Keys, model.Decoder.VocabularySize);
        CheckIds("stop_token_ids", request.StopTokens, model.Decoder.VocabularySize);
        var texts = request.Prompts(model);

        // 2. Places behind its door, by upper bounds: a full queue costs no tokenizing.
        using var places = model.Decoder.Admit(texts.SelectMany(t => Enumerable.Repeat(PromptTokens.Bound(request, model, t), request.Choices)));

        // 3. What the texts may be: compiled on this thread, so that the loop waits for nothing.
        var grammar = request.Grammar?.Invoke(model) is { } demanded ? model.Constraints.Compile(demanded, request.GrammarField, request.Caller.Aborted) : null;

        // 4. Tokens.
        var start = time.GetTimestamp();
        if (request.Shown is { } shown) request = request with { Shape = request.Shape with { Shown = shown(model) } };
        PromptTokens[] prompts = [.. texts.Select(t => PromptTokens.Of(request, model, t))];
        var tokenized = time.GetElapsedTime(start);

        // 5. A sequence for each choice, in the engine's queue.
        var sequences = model.Decoder.Start([.. prompts.SelectMany(p => Choices(request, model, p, grammar))], places);
        TextChoice[] choices = [.. sequences.Select((s, i) => new TextChoice(i, s, model.Tokenizer, prompts[i / request.Choices].Shape, grammar))];
        return new(choices, texts, prompts.Sum(p => p.Ids.Length), tokenized);
    }

    private static IEnumerable<DecoderRequest> Choices(TextGenerationRequest request, DecoderModel model, PromptTokens prompt, CompiledGrammar? grammar)
    {
        IReadOnlyList<int> ends = request.IgnoreEndTokens ? request.StopTokens : [.. model.Text.EndTokens, .. request.StopTokens];
        for (var choice = 0; choice < request.Choices; choice++)
        {
            var sampling = request.Sampling with { Seed = request.Sampling.Seed + (ulong)choice };
            yield return new DecoderRequest(prompt.Ids, prompt.MaxTokens, sampling, request.Caller.Lane)
            {
                EndTokens = ends,
                MinTokens = request.MinTokens,
                PromptLogprobs = request.Echo ? sampling.TopLogprobs : null,
                ReusesPrefix = request.Caller.Cache.Read,
                KeepsPrefix = request.Caller.Cache.Write,
                Operation = request.Operation,
                Constraint = grammar?.Begin(ends, request.Shape.SkipsSpecialTokens),
            };
        }
    }

    private static void CheckIds(string field, IEnumerable<int> ids, int vocabulary)
    {
        foreach (var id in ids)
            if ((uint)id >= (uint)vocabulary) throw new InvalidFieldException(field, $"{field} has the token id {id}; the model's are 0 to {vocabulary - 1}.");
    }
}
