using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.SentenceTransformers;

namespace ModelServer.Embed;

/// <summary>Answers embedding requests: pooled vectors from the engine, cut to the dimensions asked for, of length 1 where that is asked for.</summary>
internal sealed class Embedder(EncoderPipeline pipeline, IOptions<EmbedOptions> options)
{
    public async Task<Embeddings> EmbedAsync(EmbedInputs request, Caller caller, CancellationToken cancellationToken)
    {
        var inputs = request.Inputs;
        var encoderRequest = new EncoderRequest<EmbeddingModel>(EmbeddingTask.Id, request.Model, inputs, caller, request.MaxTokens)
        {
            Truncates = model => request.Truncate ?? Truncates(model),
            Adapt = model => Adapt(model, request),
            Field = request.Field,
        };
        var result = await pipeline.RunAsync(encoderRequest, cancellationToken);
        var settings = result.Model.Settings;
        var vectors = Array.ConvertAll(result.Rows, row => Shape(row, request.Dimensions, request.Normalize ?? settings.Normalize));
        return new Embeddings(result.Version, vectors, result.Tokens, result.Timing);
    }

    private bool Truncates(EmbeddingModel model) => options.Value.Truncate switch
    {
        TruncateDefault.Always => true,
        TruncateDefault.Never => false,
        _ => model.Truncates,
    };

    /// <summary>Puts the prompt in front of texts and refuses what this model cannot do.</summary>
    private static IReadOnlyList<EncoderInput> Adapt(EmbeddingModel model, EmbedInputs request)
    {
        if (request.Dimensions > model.Dimensions)
            throw new InvalidFieldException("dimensions", $"dimensions must be 1 to {model.Dimensions} for this model.");
        // Less would have room for special tokens alone.
        var least = model.Tokenizer.SpecialTokenCount() + 1;
        if (request.MaxTokens is { } most && (most < least || most > model.MaxTokens))
            throw new InvalidFieldException("truncate_prompt_tokens", $"truncate_prompt_tokens must be -1, or {least} to {model.MaxTokens} for this model.");
        return model.Settings.Files.Prompted(request.Inputs, request.PromptName);
    }

    /// <summary>The first dimensions of a row, which others may share, of length 1 where asked for (Matryoshka).</summary>
    private static ReadOnlyMemory<float> Shape(ReadOnlyMemory<float> row, int? dimensions, bool normalize)
    {
        var part = row[..Math.Min(dimensions ?? row.Length, row.Length)];
        if (!normalize) return part;
        var vector = part.ToArray();
        NormalizeStep.Normalize(vector);
        return vector;
    }
}

/// <summary>Inputs to be embedded, whichever route they came by.</summary>
/// <param name="Model"><c>name</c>, <c>name:version</c> or null for the default.</param>
/// <param name="Field">What the route calls the inputs, for messages.</param>
internal sealed record EmbedInputs(string? Model, EncoderInput[] Inputs, string Field)
{
    /// <summary>How many of a vector's first numbers to answer; null for all.</summary>
    public int? Dimensions { get; init; }

    /// <summary>The name of the prompt to put in front of texts; null for the model's default.</summary>
    public string? PromptName { get; init; }

    /// <summary>Whether inputs that are too long are cut; null for what server and model say.</summary>
    public bool? Truncate { get; init; }

    /// <summary>Where to cut, in tokens; null for the model's maximum.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Whether vectors have length 1; null for what the model's files say.</summary>
    public bool? Normalize { get; init; }
}

/// <summary>One vector for each input, in order.</summary>
internal sealed record Embeddings(ModelVersion Version, ReadOnlyMemory<float>[] Vectors, int Tokens, Timing Timing);
