using ModelServer.Answers;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.Embed;

/// <summary>Answers embedding requests: pooled vectors from the engine, cut to the dimensions asked for.</summary>
internal sealed class Embedder(EncoderPipeline pipeline)
{
    public async Task<Embeddings> EmbedAsync(EmbeddingsRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var inputs = EncoderInput.Of(request.Input);
        var encoderRequest = new EncoderRequest<EmbeddingModel>(EmbeddingTask.Id, request.Model, inputs, caller, Truncate: request.Truncate)
        {
            Adapt = model => Adapt(model, request, inputs),
        };
        var result = await pipeline.RunAsync(encoderRequest, cancellationToken);
        var model = result.Model;
        var vectors = request.Dimensions is { } dimensions && dimensions < model.Dimensions
            ? Array.ConvertAll(result.Rows, row => Shorten(row.Span, dimensions, model.Settings.Normalize))
            : result.Rows;
        return new Embeddings(result.Version, vectors, result.Tokens, result.Timing);
    }

    /// <summary>Puts the prompt in front of texts and refuses what this model cannot do.</summary>
    private static IReadOnlyList<EncoderInput> Adapt(EmbeddingModel model, EmbeddingsRequest request, EncoderInput[] inputs)
    {
        var settings = model.Settings;
        if (request.Dimensions > model.Dimensions)
            throw new InvalidFieldException("dimensions", $"dimensions must be 1 to {model.Dimensions} for this model.");
        if (request.PromptName is not null && Array.Exists(inputs, i => i is TokenInput))
            throw new InvalidFieldException("prompt_name", "A prompt goes before texts, not before token ids.");
        if ((request.PromptName ?? settings.DefaultPrompt) is not { } name) return inputs;
        if (!settings.Prompts.TryGetValue(name, out var prompt)) throw new InvalidFieldException("prompt_name", "The model has no prompt of this name.");
        return Array.ConvertAll(inputs, input => input is TextInput text ? text with { Text = prompt + text.Text } : input);
    }

    /// <summary>The first dimensions, of length 1 again where the whole vector is (Matryoshka).</summary>
    private static ReadOnlyMemory<float> Shorten(ReadOnlySpan<float> vector, int dimensions, bool normalize)
    {
        var shorter = vector[..dimensions].ToArray();
        if (normalize) PooledRow.Normalize(shorter);
        return shorter;
    }
}

/// <summary>One vector for each input, in order.</summary>
internal sealed record Embeddings(ModelVersion Version, ReadOnlyMemory<float>[] Vectors, int Tokens, Timing Timing);
