using ModelServer.Decoders;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Telemetry;

namespace ModelServer.Generation;

/// <summary>Begins a request that generates: leases the model, tokenizes, starts a sequence for each choice.</summary>
internal sealed class TextGenerator(ModelCatalog catalog, ModelServerMetrics metrics, TimeProvider time)
{
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
            lease = catalog.Acquire<DecoderModel>(request.Model, GenerationTask.Id, request.Caller.User);
            recording.Model = lease.Version.Reference;
            var model = lease.Loaded;
            CheckBias(request, model.Decoder.VocabularySize);
            var start = time.GetTimestamp();
            int[][] prompts = [.. request.Prompts(model).Select(p => Tokenize(model, p, request.Field))];
            var tokenized = time.GetElapsedTime(start);
            var sequences = model.Decoder.Start([.. prompts.SelectMany(p => Choices(request, model, p))]);
            TextChoice[] choices = [.. sequences.Select((s, i) => new TextChoice(i, s, model.Tokenizer, request.Stops))];
            var generation = new TextGeneration(lease, choices, prompts.Sum(p => p.Length), tokenized, recording, time);
            request.Caller.Usage.Add(lease.Version.Name, generation.Taken);
            return generation;
        }
        catch (Exception e)
        {
            recording.Fail(RequestOutcome.Of(e));
            recording.Dispose();
            lease?.Dispose();
            throw;
        }
    }

    private static IEnumerable<DecoderRequest> Choices(TextGenerationRequest request, DecoderModel model, int[] prompt)
    {
        var room = Math.Max(1, model.Decoder.Window - prompt.Length);
        var maxTokens = request.MaxTokens is not { } most || (request.FitWindow && most > room) ? room : most;
        for (var choice = 0; choice < request.Choices; choice++)
        {
            var sampling = request.Sampling with { Seed = request.Sampling.Seed + (ulong)choice };
            yield return new DecoderRequest(prompt, maxTokens, sampling, request.Caller.Lane)
            {
                EndTokens = request.IgnoreEndTokens ? [] : model.Text.EndTokens,
                MinTokens = request.MinTokens,
                Operation = request.Operation,
            };
        }
    }

    private static int[] Tokenize(DecoderModel model, TextPrompt prompt, string field)
    {
        using var activity = RequestTrace.Source.StartActivity("tokenize");
        var ids = prompt.Input is TextInput text
            ? model.Tokenizer.Encode(text.Text, addSpecialTokens: prompt.AddSpecialTokens).Ids
            : ((TokenInput)prompt.Input).Ids;
        activity?.SetTag("tokens", ids.Length);
        return ids.Length > 0 ? ids : throw new InvalidFieldException(field, $"{field} has no tokens.");
    }

    private static void CheckBias(TextGenerationRequest request, int vocabulary)
    {
        foreach (var id in request.Sampling.LogitBias.Keys)
            if ((uint)id >= (uint)vocabulary) throw new InvalidFieldException("logit_bias", $"logit_bias has the token id {id}; the model's are 0 to {vocabulary - 1}.");
    }
}
