using ModelServer.Answers;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.LateInteraction;

/// <summary>Makes token vectors of queries and documents.</summary>
internal sealed class LateInteractionEncoder(EncoderPipeline pipeline)
{
    /// <param name="model"><c>name</c>, <c>name:version</c> or null for the default.</param>
    /// <param name="texts">Each is encoded once and remembered by itself.</param>
    /// <param name="field">What the route calls the texts, for messages.</param>
    /// <param name="truncate">Whether texts that are longer than the model's lengths are cut instead of refused.</param>
    public async Task<EncodedTexts> EncodeAsync(string? model, MarkedText[] texts, string field, bool truncate, Caller caller, CancellationToken cancellationToken)
    {
        var result = await pipeline.RunAsync<LateInteractionModel>(new(LateInteractionTask.Id, model, texts, caller, Truncate: truncate) { Field = field }, cancellationToken);
        var vectors = new TokenVectors[texts.Length];
        for (var i = 0; i < vectors.Length; i++) vectors[i] = result.Model.Vectors(result.Rows[i], result.Sequences[i], texts[i].IsQuery);
        return new(result.Version, vectors, result.Tokens, result.Timing);
    }
}

/// <summary>The vectors of each text, in order.</summary>
internal sealed record EncodedTexts(ModelVersion Version, TokenVectors[] Vectors, int Tokens, Timing Timing);
