using ModelServer.Answers;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.SparseEmbed;

/// <summary>Answers requests for sparse vectors: rows from the engine, cut to the weights asked for.</summary>
internal sealed class SparseEmbedder(EncoderPipeline pipeline)
{
    public async Task<SparseVectors> EmbedAsync(SparseInputs request, Caller caller, CancellationToken cancellationToken)
    {
        var encoderRequest = new EncoderRequest<SparseModel>(SparseEmbeddingTask.Id, request.Model, request.Inputs, caller)
        {
            Truncates = model => request.Truncate ?? (model.Settings.Files.MaxTokens is not null || model.Tokenizer.Truncation is not null),
            Adapt = model => model.Settings.Files.Prompted(request.Inputs, request.PromptName),
            Field = request.Field,
        };
        var result = await pipeline.RunAsync(encoderRequest, cancellationToken);
        return new(result.Version, Array.ConvertAll(result.Rows, row => Take(row.Span, request)), result.Tokens, result.Timing);
    }

    /// <summary>The weights that are large enough, the largest where there are too many (of equal ones those of the lower index), by index.</summary>
    private static (int Index, float Weight)[] Take(ReadOnlySpan<float> row, SparseInputs request)
    {
        var weights = new List<(int Index, float Weight)>(SparseRow.CountOf(row));
        for (var i = 0; i < SparseRow.CountOf(row); i++)
            if (SparseRow.At(row, i) is var weight && weight.Weight >= (request.MinValue ?? float.NegativeInfinity)) weights.Add(weight);
        return request.TopK is { } most && most < weights.Count ? [.. weights.OrderByDescending(w => w.Weight).Take(most).OrderBy(w => w.Index)] : [.. weights];
    }
}

/// <summary>Inputs to be embedded, whichever route they came by.</summary>
/// <param name="Model"><c>name</c>, <c>name:version</c> or null for the default.</param>
/// <param name="Field">What the route calls the inputs, for messages.</param>
internal sealed record SparseInputs(string? Model, EncoderInput[] Inputs, string Field)
{
    /// <summary>How many of the largest weights to answer; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>The least weight to answer; null for any that is not 0.</summary>
    public float? MinValue { get; init; }

    /// <summary>The name of the prompt to put in front of texts; null for the model's default.</summary>
    public string? PromptName { get; init; }

    /// <summary>Whether inputs that are too long are cut; null for what the model's files say.</summary>
    public bool? Truncate { get; init; }
}

/// <summary>The weights of each input that are not 0, by index; inputs in order.</summary>
internal sealed record SparseVectors(ModelVersion Version, (int Index, float Weight)[][] Vectors, int Tokens, Timing Timing);
