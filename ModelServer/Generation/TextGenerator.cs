using ModelServer.Decoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Telemetry;

namespace ModelServer.Generation;

/// <summary>Continues texts: finds the model, tokenizes, starts its generations.</summary>
internal sealed class TextGenerator(ModelCatalog catalog, ModelServerMetrics metrics, TimeProvider time)
{
    /// <summary>Lets a request in; what comes is read from the result, which must be disposed.</summary>
    /// <exception cref="ContextLengthException">A prompt and its continuation do not fit the model's window.</exception>
    /// <exception cref="InvalidFieldException">A field does not suit the model.</exception>
    /// <exception cref="OverloadedException">The model's queue is full.</exception>
    /// <exception cref="ModelNotFoundException">No such model or version.</exception>
    /// <exception cref="ModelNotReadyException">It is loading, being unloaded or failed to load.</exception>
    /// <exception cref="ModelChoiceException">No model is named and none is the obvious one, or it has another task.</exception>
    public TextGeneration Start(TextGenerationRequest request)
    {
        var recording = metrics.Begin(ModelTask.TextGeneration);
        ModelLease? lease = null;
        try
        {
            lease = catalog.Acquire(request.Model, ModelTask.TextGeneration);
            request.Caller.User.Require(lease.Version, request.Model);
            recording.Model = lease.Version.Reference;
            var (loaded, generator) = (lease.Loaded, lease.Loaded.Decoder!);
            CheckBias(request, generator.VocabularySize);
            var start = time.GetTimestamp();
            int[][] prompts = [.. request.Prompts(loaded).Select(p => Tokenize(loaded, p, request.Field))];
            var tokenized = time.GetElapsedTime(start);
            var generations = generator.Start([.. prompts.SelectMany(p => Choices(request, loaded, p))]);
            TextChoice[] choices = [.. generations.Select((g, i) => new TextChoice(i, g, loaded.Tokenizer, request.Stops))];
            return new TextGeneration(lease, choices, prompts.Sum(p => p.Length), tokenized, recording, time);
        }
        catch (Exception e)
        {
            recording.Fail(e);
            recording.Dispose();
            lease?.Dispose();
            throw;
        }
    }

    private static IEnumerable<DecoderRequest> Choices(TextGenerationRequest request, LoadedModel loaded, int[] prompt)
    {
        var room = Math.Max(1, loaded.Decoder!.Window - prompt.Length);
        var maxTokens = request.MaxTokens is not { } most || (request.FitWindow && most > room) ? room : most;
        for (var choice = 0; choice < request.Choices; choice++)
        {
            var sampling = request.Sampling with { Seed = request.Sampling.Seed + (ulong)choice };
            yield return new DecoderRequest(prompt, maxTokens, sampling, request.Caller)
            {
                EndTokens = request.IgnoreEndTokens ? [] : loaded.Text!.EndTokens,
                MinTokens = request.MinTokens,
                Operation = request.Operation,
            };
        }
    }

    private static int[] Tokenize(LoadedModel loaded, TextPrompt prompt, string field)
    {
        using var activity = InferenceTrace.Source.StartActivity("tokenize");
        var ids = prompt.Input is TextInput text
            ? loaded.Tokenizer.Encode(text.Text, addSpecialTokens: prompt.AddSpecialTokens).Ids
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
